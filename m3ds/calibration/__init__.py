"""Critics held against people: thresholds from decisions, and who agrees with whom.

Arrays and frames in, values out; it knows neither the ledger nor the recipe.
"""
