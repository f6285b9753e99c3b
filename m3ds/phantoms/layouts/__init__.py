"""One module per source: what its archives are called, what lies where, and its quirks."""
