"""How a model is reached: the protocol, the pool of endpoints, and servers that are started here.

It knows nothing of samples, prompts or what an answer means.
"""
