"""Measuring a region in its image: where, how large, which shape, which contrast."""

from m3ds.facts.measure import FACTS_VERSION, measure

__all__ = ["FACTS_VERSION", "measure"]
