"""The tables, as the newest migration leaves them.

*History* tables are only ever appended to; triggers refuse UPDATE and DELETE. What is current is
the newest row of a key, by `seq`. *Desk* tables hold conveniences that may change or be lost.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import JSON

metadata = MetaData()

# SQLite numbers rows by itself only where the key is spelled INTEGER.
_Seq = BigInteger().with_variant(Integer, "sqlite")


def _seq() -> Column[int]:
    return Column("seq", _Seq, primary_key=True, autoincrement=True)


# A stage that has finished for one scope (a source, or `*`) under the fingerprint of its input.
passes = Table(
    "passes",
    metadata,
    _seq(),
    Column("stage", String(32), nullable=False),
    Column("scope", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("body", JSON, nullable=False),
    Index("passes_by_stage", "stage", "scope", "seq"),
)

# What reading and harmonising one item of a source gave: a sample, or a reason why not.
items = Table(
    "items",
    metadata,
    _seq(),
    Column("source", String(64), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("item", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sample_id", Text),
    Column("body", JSON, nullable=False),
    UniqueConstraint("source", "fingerprint", "item"),
    Index("items_by_sample", "sample_id"),
    Index("items_in_order", "source", "fingerprint", "kind", "seq"),
)

# Every call of a model, or of the embedded author, under its complete key.
calls = Table(
    "calls",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("request", JSON, nullable=False),
    Column("response", JSON, nullable=False),
    Column("sample_id", Text),
    Index("calls_by_sample", "sample_id"),
)

# Texts that many requests share and name by hash: the fixed parts of prompts.
documents = Table(
    "documents",
    metadata,
    Column("sha", String(64), primary_key=True),
    Column("text", Text, nullable=False),
)

# What was known of a model when it was first used; later runs keep to that revision.
models = Table(
    "models",
    metadata,
    _seq(),
    Column("model", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("revision", Text, nullable=False),
    Column("licence", Text, nullable=False),
    Column("terms", Text, nullable=False),
    Column("origin", Text, nullable=False),
    UniqueConstraint("model", "asked", "revision", "licence", "terms", "origin"),
)

texts = Table(
    "texts",
    metadata,
    Column("sha", String(64), primary_key=True),
    Column("parent", String(64)),
    Column("origin", Text, nullable=False),
    Column("steps", JSON, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    _seq(),
    Column("sample_id", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("call_key", String(64), nullable=False),
    Column("text_sha", String(64), nullable=False),
    Column("hint_level", Integer),
    Column("author", JSON, nullable=False),
    UniqueConstraint("sample_id", "attempt", "call_key", "text_sha"),
)

verdicts = Table(
    "verdicts",
    metadata,
    _seq(),
    Column("sample_id", Text, nullable=False),
    Column("text_sha", String(64), nullable=False),
    Column("judge", Text, nullable=False),
    Column("version", String(64), nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("failures", JSON, nullable=False),
    Column("judgement", JSON),
    UniqueConstraint("sample_id", "text_sha", "judge", "version"),
)

# Reasons against a text from outside its own loop: near-duplicates, people.
objections = Table(
    "objections",
    metadata,
    _seq(),
    Column("sample_id", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("text_sha", String(64), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("failures", JSON, nullable=False),
    UniqueConstraint("sample_id", "text_sha", "origin"),
    Index("objections_by_sample", "sample_id"),
)

# Items with known answers that the critic judged without knowing it; never released.
controls = Table(
    "controls",
    metadata,
    _seq(),
    Column("sample_id", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("judge", Text, nullable=False),
    Column("version", String(64), nullable=False),
    Column("text_sha", String(64), nullable=False),
    Column("steps", JSON, nullable=False),
    Column("sound", Boolean, nullable=False),
    Column("accepted", Boolean, nullable=False),
    Column("judgement", JSON),
    UniqueConstraint("sample_id", "kind", "judge", "version", "text_sha"),
)

outcomes = Table(
    "outcomes",
    metadata,
    _seq(),
    Column("sample_id", Text, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("text_sha", String(64)),
    Column("call_key", String(64)),
    Column("checks_version", String(32), nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    Index("outcomes_by_sample", "sample_id", "seq"),
)

# Why an accepted sample is not in the dataset (label_conflict, leaks_official_test), per release.
exclusions = Table(
    "exclusions",
    metadata,
    _seq(),
    Column("fingerprint", String(64), nullable=False),
    Column("sample_id", Text, nullable=False),
    Column("code", String(64), nullable=False),
    Column("seen", Text, nullable=False),
    UniqueConstraint("fingerprint", "sample_id", "code"),
)

# Desk: sha256 of files that have not changed since they were read, by size and modification time.
file_digests = Table(
    "file_digests",
    metadata,
    Column("path", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
)

HISTORY = (
    *(passes, items, calls, documents, models, texts, attempts, verdicts, objections, controls),
    *(outcomes, exclusions),
)
