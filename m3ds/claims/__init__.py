"""Text against facts: sentences, claims, checks."""

from m3ds.claims.checks import CHECKS_VERSION, check

__all__ = ["CHECKS_VERSION", "check"]
