"""Each speed claim beside its peer or its limit, measured in one run."""
