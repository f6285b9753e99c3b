"""A small history of a build with models, written by hand: every way in which a sample ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from m3ds.ledger import tables
from m3ds.ledger.ledger import Ledger
from m3ds.ledger.views import pass_row

PASSES = {"busi": "harmonised-2", "kvasir_seg": "harmonised"}
RELEASE = "published"
COMMIT = "0123456789" * 4
Rows = Iterator[tuple[sa.Table, dict[str, Any]]]


def sha(name: str) -> str:
    return name.ljust(64, "0")


def failure(code: str, claimed: str = "claimed", sentence: str = "A sentence.") -> dict[str, str]:
    return {
        "code": code,
        "step": "analysis",
        "sentence": sentence,
        "expected": "expected",
        "claimed": claimed,
    }


def write(ledger: Ledger, critic_version: str = "v1") -> None:
    """Append it: seven samples of busi, two of kvasir_seg, and what must not be counted."""
    ledger.append(_rows(critic_version))


def _rows(version: str) -> Rows:
    yield from _items()
    yield outcome("b1", "accepted", ["b1t1"])
    yield from _texts("b1", ["b1t1"], [0])
    yield verdict("b1", "b1t1")

    # Once exhausted under another recipe; then accepted at attempt 3.
    yield outcome("b2", "exhausted", ["old"])
    yield from _texts("b2", ["old"], [2])
    yield verdict("b2", "old", "checks", failures=[failure("size")])
    yield outcome("b2", "accepted", ["b2t1", "b2t2", "b2t3"])
    yield from _texts("b2", ["b2t1", "b2t2", "b2t3"], [0, 1, 2])
    both = [failure("side", "left", "It lies left."), failure("side"), failure("label", "benign")]
    yield verdict("b2", "b2t1", "checks", failures=both)
    yield verdict("b2", "b2t2", "checks")
    yield verdict("b2", "b2t2", "critic:some/critic", version, [failure("visual", "not there")])
    yield verdict("b2", "b2t2", "critic:some/critic", "of another rubric", [failure("link")])
    yield verdict("b2", "b2t3", "checks")
    yield verdict("b2", "b2t3", "critic:some/critic", version)

    yield outcome("b3", "exhausted", ["b3t1", "b3t2"])
    yield from _texts("b3", ["b3t1", "b3t2"], [0, 1])
    yield verdict("b3", "b3t1", failures=[failure("malformed", "no JSON", "Certainly!")])
    yield verdict("b3", "b3t2", failures=[failure("label", "malignant")])

    yield outcome("b4", "needs_critic", ["b4t1"], reason="waits for the critic some/critic")
    yield from _texts("b4", ["b4t1"], [0])
    yield verdict("b4", "b4t1")

    said = "RequestRefused: http://one:8000/v1: the server answers 400: too large"
    yield outcome("b5", "quarantined", [], reason=said)

    # Sent back as a near-duplicate, accepted, and then quarantined by the release.
    yield outcome("b6", "accepted", ["b6t1", "b6t2"])
    yield from _texts("b6", ["b6t1", "b6t2"], [0, 1])
    yield verdict("b6", "b6t1")
    yield verdict("b6", "b6t1", version="of older checks", failures=[failure("count")])
    yield verdict("b6", "b6t2")
    yield (
        tables.objections,
        {
            "sample_id": "b6",
            "attempt": 1,
            "text_sha": sha("b6t1"),
            "origin": "near_duplicate",
            "failures": [failure("near_duplicate", "the words of b1")],
        },
    )
    yield excluded("b6", "label_conflict", "b6 is benign, its copy b1 malignant")

    yield outcome("k1", "accepted", ["k1t1"])
    yield from _texts("k1", ["k1t1"], [None])
    yield verdict("k1", "k1t1")
    yield excluded("k1", "leaks_official_test", "is a copy of the official test image x")
    yield outcome("k2", "accepted", ["k2t1"])
    yield from _texts("k2", ["k2t1"], [None])
    yield verdict("k2", "k2t1")

    yield from _controls(version)
    for model, origin in (("some/author", "hub"), ("some/critic", "recipe")):
        yield (
            tables.models,
            {
                "model": model,
                "asked": COMMIT,
                "revision": COMMIT,
                "licence": "apache-2.0",
                "terms": f"https://huggingface.co/{model}",
                "origin": origin,
            },
        )


def _items() -> Rows:
    for source, mark, counts in (
        ("busi", "harmonised-1", {"sample": 1}),
        ("busi", PASSES["busi"], {"sample": 7, "quarantined": 2}),
        ("kvasir_seg", PASSES["kvasir_seg"], {"sample": 2, "dropped": 1}),
    ):
        yield pass_row("harmonize", source, mark, {"counts": counts, "refused": False})
    yield pass_row("reason", "*", "reasoned", {"states": {"quarantined": 1, "accepted": 5}})
    left_out = {"label_conflict": 1, "leaks_official_test": 1}
    yield pass_row("publish", "*", RELEASE, {"rows": {"busi": {"train": 2}}, "excluded": left_out})
    for name in ("b1", "b2", "b3", "b4", "b5", "b6", "b7"):
        yield item("busi", PASSES["busi"], name)
    for name in ("k1", "k2"):
        yield item("kvasir_seg", PASSES["kvasir_seg"], name)
    yield item("busi", "harmonised-1", "b9")
    yield outcome("b9", "accepted", ["b9t1"])
    yield from _texts("b9", ["b9t1"], [0])
    bad = {"code": "CorruptImage", "where": "x.zip: a.png", "seen": "is cut"}
    yield item("busi", PASSES["busi"], "x", kind="quarantined", body=bad)
    yield item("busi", PASSES["busi"], "y", kind="quarantined", body={**bad, "where": "x: b.png"})
    yield item("kvasir_seg", "harmonised", "image n1", kind="dropped", body={})


def _controls(version: str) -> Rows:
    for name, kind, accepted in (
        ("b1", "side", True),
        ("b2", "side", False),
        ("b3", "label", False),
        ("b4", "sound", True),
        ("b5", "sound", False),
        ("b6", "sound", True),
    ):
        yield control(name, kind, version, accepted=accepted)
    yield control("b1", "side", "of another rubric", accepted=True)


def item(
    source: str,
    fingerprint: str,
    name: str,
    kind: str = "sample",
    body: dict[str, Any] | None = None,
) -> tuple[sa.Table, dict[str, Any]]:
    row = {"source": source, "fingerprint": fingerprint, "item": name, "kind": kind}
    sample = name if kind == "sample" else None
    return tables.items, {**row, "sample_id": sample, "body": body or {}}


def outcome(
    name: str, state: str, chain: Sequence[str], reason: str = ""
) -> tuple[sa.Table, dict[str, Any]]:
    return tables.outcomes, {
        "sample_id": name,
        "fingerprint": "f",
        "state": state,
        "attempt": len(chain),
        "text_sha": sha(chain[-1]) if chain else None,
        "call_key": sha(f"call {chain[-1]}") if chain else None,
        "checks_version": "1",
        "reason": reason,
    }


def _texts(name: str, chain: Sequence[str], levels: Sequence[int | None]) -> Rows:
    parent = None
    for number, (text, level) in enumerate(zip(chain, levels, strict=True), 1):
        yield (
            tables.texts,
            {"sha": sha(text), "parent": parent, "origin": f"author:{name}", "steps": {}},
        )
        yield (
            tables.attempts,
            {
                "sample_id": name,
                "attempt": number,
                "call_key": sha(f"call {text}"),
                "text_sha": sha(text),
                "hint_level": level,
                "author": {},
            },
        )
        parent = sha(text)


def verdict(
    name: str,
    text: str,
    judge: str = "checks",
    version: str = "1",
    failures: Sequence[dict[str, str]] = (),
) -> tuple[sa.Table, dict[str, Any]]:
    return tables.verdicts, {
        "sample_id": name,
        "text_sha": sha(text),
        "judge": judge,
        "version": version,
        "accepted": not failures,
        "failures": list(failures),
        "judgement": None,
    }


def excluded(name: str, code: str, seen: str) -> tuple[sa.Table, dict[str, Any]]:
    row = {"fingerprint": RELEASE, "sample_id": name, "code": code, "seen": seen}
    return tables.exclusions, row


def control(
    name: str, kind: str, version: str, *, accepted: bool
) -> tuple[sa.Table, dict[str, Any]]:
    return tables.controls, {
        "sample_id": name,
        "kind": kind,
        "judge": "critic:some/critic",
        "version": version,
        "text_sha": sha(name),
        "steps": {},
        "sound": kind == "sound",
        "accepted": accepted,
        "judgement": None,
    }
