from __future__ import annotations

import re
from pathlib import Path

import pytest

from m3ds.errors import LayoutError
from m3ds.schema.base import SOURCE_NAMES
from m3ds.schema.source import Source
from m3ds.sources import registry
from m3ds.sources.tree import Tree

SOURCES = [registry.adapter(name).source for name in SOURCE_NAMES]
BY_NAME = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)


@BY_NAME
def test_archives(source: Source) -> None:
    names = [archive.name for archive in source.archives]
    assert len(set(names)) == len(names)
    for archive in source.archives:
        assert archive.roots
        assert all(archive.roots)
        if not archive.packed:
            assert archive.roots == (archive.name,)
        assert archive.sha256 is None or re.fullmatch("[0-9a-f]{64}", archive.sha256)
        assert archive.md5 is None or re.fullmatch("[0-9a-f]{32}", archive.md5)
        assert all(re.match("https?://", url) for url in archive.urls)


@BY_NAME
def test_a_negative_policy_goes_with_a_name_for_negatives(source: Source) -> None:
    assert (source.negatives is None) == (source.labels.negative is None)


@BY_NAME
def test_licence_names_its_terms(source: Source) -> None:
    assert re.match("https?://", source.license.terms_url)
    assert source.license.attribution
    if source.license.redistribute_images is None:
        assert source.license.note  # what is unclear is said


def test_facts_that_masks_cannot_carry() -> None:
    supports = {source.name: source.supports for source in SOURCES}
    assert "shape" not in supports["bone_fracture"]  # boxes
    assert {s.name for s in SOURCES if s.mask_kind == "box"} == {"bone_fracture"}
    coloured = {s.name for s in SOURCES if "colour" in s.supports}
    assert coloured == {"isbi2016", "isic2017", "kvasir_seg"}
    assert {s.name for s in SOURCES if s.laterality == "pa_chest"} == {"chestx_det"}
    assert {s.name for s in SOURCES if not s.single} == {"chestx_det"}


@BY_NAME
def test_archive_without_its_root_is_refused(source: Source, tmp_path: Path) -> None:
    (tmp_path / "something else").mkdir()
    folders = dict.fromkeys(source.archives, tmp_path)
    with pytest.raises(LayoutError, match="something else"):
        list(registry.adapter(source.name).read(Tree(folders, partial=frozenset())))
