"""Pixels: decode, orient, sanitise, rasterise, hash. Knows no dataset and no model."""
