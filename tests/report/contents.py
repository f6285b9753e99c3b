"""A small report, made by hand."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from PIL import Image

from m3ds.imaging.decode import encode_mask
from m3ds.report.frames import FUNNEL, REASONS, ROWS, Check, Contents, Exhibit, Subset
from m3ds.report.record import CONTROLS, FINISHED, HINTS, MODELS, REFUSALS, SCORES, Record
from m3ds.schema.facts import Facts

FACTS = Facts(n_regions=2, area_fraction=0.0452, place="upper left", eccentricity=0.7, version="1")
CHECKS = (Check("mask", "every mask is sound", True, 0), Check("answer", "one SEG", True, 0))


def subset(name: str = "busi", **change: Any) -> Subset:
    values: dict[str, Any] = {
        "name": name,
        "title": name.upper(),
        "target": "tumor",
        "mask_kind": "contour",
        "homepage": "https://example.org/home",
        "may_pass_on": True,
    }
    return Subset(**values | change)


def jpeg(width: int, height: int, seed: int = 0) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 255, (height, width), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="JPEG")
    return buffer.getvalue()


def blob(width: int, height: int) -> NDArray[np.bool_]:
    """An ellipse that touches the left border, and a small box."""
    y, x = np.mgrid[:height, :width]
    mask = ((x - 0.2 * width) / (0.25 * width)) ** 2 + ((y - 0.5 * height) / (0.3 * height)) ** 2
    found: NDArray[np.bool_] = mask < 1
    found[height // 8 : height // 4, 3 * width // 4 : 7 * width // 8] = True
    return found


def exhibit(sample_id: str = "busi-all-1", **change: Any) -> Exhibit:
    values: dict[str, Any] = {
        "sample_id": sample_id,
        "source": "busi",
        "split": "train",
        "modality": "ultrasound",
        "diagnosis": "benign",
        "is_negative": False,
        "question": "What is seen?",
        "answer": "It is [SEG]. Firstly, the modality. Finally, benign.",
        "facts": FACTS,
        "license": "CC-BY-4.0",
        "terms_url": "https://example.org/terms",
        "image": jpeg(120, 80),
        "mask": encode_mask(blob(120, 80))[0],
    }
    return Exhibit(**values | change)


def row(sample_id: str, **change: Any) -> dict[str, Any]:
    values = {
        "sample_id": sample_id,
        "image_id": sample_id,
        "source": "busi",
        "split": "train",
        "modality": "ultrasound",
        "diagnosis": "benign",
        "is_negative": False,
        "is_phantom": False,
        "area_fraction": 0.0452,
        "attempt": 1,
    }
    return values | change


def funnel(*rows: dict[str, Any]) -> pl.DataFrame:
    full = [dict.fromkeys(FUNNEL, 0) | values for values in rows]
    return pl.DataFrame(full, schema=FUNNEL)


def contents(**change: Any) -> Contents:
    """A report of one source with one row; `change` replaces fields."""
    values: dict[str, Any] = {
        "recipe": "tiny",
        "sources": (subset(),),
        "funnel": funnel({"source": "busi", "read": 1, "harmonised": 1, "accepted": 1}),
        "reasons": pl.DataFrame(schema=REASONS),
        "rows": pl.DataFrame([row("busi-all-1")], schema=ROWS),
        "checks": CHECKS,
        "exhibits": (exhibit(),),
    }
    return Contents(**values | change)


def record(**change: Any) -> Record:
    """What came of two sources' texts with an author and a critic; `change` replaces frames."""
    critic = "critic:some/critic"
    ended = (("accepted", 1, 8), ("accepted", 2, 3), ("accepted", 4, 1), ("exhausted", 4, 2))
    texts = (("checks", 9, "label", 8), ("checks", 9, "side", 2), (critic, 4, "visual", 4))
    kinds = (("side", False, 10, 4, 0.9), ("label", False, 10, 10, 0.9), ("sound", True, 8, 2, 0.5))
    example = ("busi-all-1", "It lies left.", "right", "left")
    frames: dict[str, tuple[pl.Schema, list[Any]]] = {
        "finished": (FINISHED, [*(("busi", *row) for row in ended), ("tn3k", "waiting", 0, 6)]),
        "hints": (HINTS, [("busi", 0, 8), ("busi", 2, 4), ("x", None, 4)]),
        "refusals": (REFUSALS, [(*row, *example) for row in texts]),
        "scores": (
            SCORES,
            [
                *(("some/critic", "visual", score, n) for score, n in ((1.0, 1), (4.0, 2))),
                ("some/critic", "link", 5.0, 3),
            ],
        ),
        "controls": (CONTROLS, [(critic, *row, 20) for row in kinds]),
        "models": (
            MODELS,
            [
                ("author", "some/author", "f" * 40, "mit", "https://example.org/author", "hub"),
                ("critic", "some/critic", None, None, None, None),
            ],
        ),
    }
    made = {
        name: pl.DataFrame(rows, schema=schema, orient="row")
        for name, (schema, rows) in frames.items()
    }
    return Record(**made | change)


def empty() -> Contents:
    return contents(
        sources=(),
        funnel=pl.DataFrame(schema=FUNNEL),
        rows=pl.DataFrame(schema=ROWS),
        checks=None,
        exhibits=(),
    )
