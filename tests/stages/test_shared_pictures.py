"""Samples of one image share what is made of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from m3ds.ledger.writer import Writer
from m3ds.objects import ObjectStore
from m3ds.reasoning.sight import Name, PictureOptions
from m3ds.stages import crew as crews
from m3ds.stages.pages import Work, pages
from m3ds.stages.workplace import Options, Workplace
from tests.stages.modelled import recipe, run

OPTIONS = PictureOptions(side=512, quality=92, square=False)


def test_findings_in_one_radiograph_share_its_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "work"
    file = recipe(tmp_path, "http://127.0.0.1:9/v1", sources="chestx_det", per_source=8)
    for verb in ("download", "harmonize"):
        assert run(verb, file, work).returncode == 0
    loads = Counter[str]()
    get = ObjectStore.get

    def counted(store: ObjectStore, address: str) -> bytes:
        loads[address] += 1
        return get(store, address)

    monkeypatch.setattr(ObjectStore, "get", counted)
    place = Workplace(Options(pipeline=file, workdir=work), writes=True)

    async def shown(works: list[Work]) -> dict[str, set[int]]:
        """Which objects the whole image is, by its pixels."""
        found: dict[str, set[int]] = {}
        for one in works:
            names: tuple[Name, ...] = ("image",) if one.case.is_negative else ("image", "close")
            pictures = await one.sight.pictures(OPTIONS, names)
            pixels = one.sight.view.image_pixels_sha256
            found.setdefault(pixels, set()).add(id(pictures["image"]))
        return found

    async def look() -> tuple[int, dict[str, set[int]]]:
        with Writer(place.ledger) as writer, ThreadPoolExecutor(2) as workers:
            async with crews.at_work(place, ()) as nobody:
                author = replace(nobody, open=frozenset({("author", "model")}))
                seen = [page async for page in pages(place, author, writer, workers)]
            works = [one for page in seen for one in page.works]
            return len(works), await shown(works)

    samples, images = asyncio.run(look())
    place.close()
    assert samples > len(images)
    assert all(len(pictures) == 1 for pictures in images.values())
    assert list(loads.values()) == [1] * len(images)
