"""Which checks these are, for what is remembered of their verdicts."""

from __future__ import annotations

from m3ds.schema.vocabulary import vocabulary_sha256

CHECKS_VERSION = f"28-{vocabulary_sha256()[:8]}"
"""Of the checks' code (raise it with any change) and of the words and thresholds they read."""
