"""`m3ds validate`: structural checks on the dataset folder, and their verdict in gate.json."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from m3ds import __version__, atomic
from m3ds.errors import UsageError, ValidationFailed
from m3ds.ledger.views import last_pass, pass_row
from m3ds.stages import publish
from m3ds.stages.progress import counted, say, track
from m3ds.stages.workplace import Workplace, fingerprint

STAGE = "validate"


def is_done(place: Workplace) -> bool:
    """Whether the verdict in gate.json is of the folder that lies there."""
    last = last_pass(place.ledger, STAGE, "*")
    return last is not None and last.fingerprint == _stamp(place) and _gate(place).is_file()


def run(place: Workplace) -> bool:
    """Check every row of the dataset folder; returns whether there was anything to do.

    Raises:
        UsageError: there is no dataset folder.
        ValidationFailed: a check did not pass; gate.json says which.
    """
    if is_done(place):
        _raise_if_failed(place)
        return False
    # `datasets` takes a second to import, which a build without work does not spend.
    from m3ds.release.features import arrow_schema
    from m3ds.release.structure import CHECKS, check_shard, findings
    from m3ds.release.structure import fingerprint as folder_fingerprint

    work = partial(check_shard, schema=arrow_schema())
    shards = sorted(place.dataset.glob("*/*.parquet"))
    if not shards:
        raise UsageError(
            "there is no dataset to validate",
            where=place.dataset,
            todo=f"run: {place.command('publish')}",
        )
    reports = []
    with track("validating", len(shards), unit="shards") as advance:
        for shard, report in place.engine.map(work, shards):
            if isinstance(report, BaseException):
                raise ValidationFailed(f"cannot be read: {report}", where=shard)
            reports.append(report)
            advance(1)
    found = findings(place.dataset, reports)
    rows = sum(report.n for report in reports)
    verdict = {
        "passed": all(finding.passed for finding in found),
        "fingerprint": folder_fingerprint(place.dataset),
        "rows": rows,
        "checks": [
            {
                "check": f.check,
                "means": CHECKS[f.check],
                "passed": f.passed,
                "failures": f.n,
                "seen": list(f.seen),
            }
            for f in found
        ],
    }
    text = json.dumps(verdict, indent=2, ensure_ascii=False) + "\n"
    atomic.write_bytes(_gate(place), text.encode())
    place.ledger.append(
        [
            pass_row(
                STAGE, "*", _stamp(place), {"passed": verdict["passed"], "rows": verdict["rows"]}
            )
        ]
    )
    _raise_if_failed(place)
    say(f"validated {counted(rows, 'row')}: all {len(found)} checks passed")
    return True


def _raise_if_failed(place: Workplace) -> None:
    verdict = json.loads(_gate(place).read_text(encoding="utf-8"))
    failed = [c for c in verdict["checks"] if not c["passed"]]
    if failed:
        first = failed[0]
        raise ValidationFailed(
            f"{len(failed)} of {len(verdict['checks'])} checks failed, the first: "
            f"{first['means']}; seen {first['failures']:,} times, "
            f"e.g. {'; '.join(first['seen'][:2])}",
            where=_gate(place),
        )


def _stamp(place: Workplace) -> str:
    return fingerprint(sorted(publish.files_of(place).items()), __version__)


def _gate(place: Workplace) -> Path:
    return place.workdir / "gate.json"
