"""Unpacking: whole or not at all, and never outside."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from m3ds.errors import DownloadError
from m3ds.sources.extract import extract

MEMBERS = {"top/a.txt": b"a" * 100, "top/in ner/b.bin": bytes(range(256)) * 10, "top/empty": b""}


def zipped(path: Path, members: dict[str, bytes] = MEMBERS) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("top/", b"")
        for name, data in members.items():
            packed.writestr(name, data)
    return path


def tarred(path: Path) -> Path:
    with tarfile.open(path, "w:gz") as packed:
        for name, data in MEMBERS.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            packed.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("top/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        packed.addfile(link)
    return path


def content(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


@pytest.mark.parametrize("make", [zipped, tarred])
def test_every_member_comes_out_whatever_the_file_is_called(make: object, tmp_path: Path) -> None:
    archive = make(tmp_path / "TN3K.rar")  # type: ignore[operator]
    written: list[int] = []
    extract(archive, tmp_path / "out", advance=written.append)
    assert content(tmp_path / "out") == MEMBERS
    assert sum(written) == sum(map(len, MEMBERS.values()))
    assert not (tmp_path / "out" / "top" / "link").exists()  # links are not followed, nor made


@pytest.mark.parametrize("name", ["../evil", "/evil", "top/../../evil", "..\\evil"])
def test_a_member_outside_is_refused_and_nothing_is_written(name: str, tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip", {"top/a.txt": b"a", name: b"evil"})
    with pytest.raises(DownloadError, match="outside of itself"):
        extract(archive, tmp_path / "x" / "out", advance=lambda _: None)
    assert not (tmp_path / "x" / "out").exists()
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize("make", [zipped, tarred])
@pytest.mark.parametrize("keep", [0.3, 0.7])
def test_a_cut_archive_is_refused(make: object, keep: float, tmp_path: Path) -> None:
    archive = make(tmp_path / "a.zip")  # type: ignore[operator]
    data = archive.read_bytes()
    archive.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(DownloadError, match="cannot be unpacked"):
        extract(archive, tmp_path / "out", advance=lambda _: None)
    assert not (tmp_path / "out").exists()


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip")
    data = bytearray(archive.read_bytes())
    at = data.index(b"top/in ner/b.bin") + 100  # within the compressed bytes of that member
    data[at] ^= 0xFF
    archive.write_bytes(data)
    with pytest.raises(DownloadError):
        extract(archive, tmp_path / "out", advance=lambda _: None)


def test_names_that_no_file_can_have_are_refused(tmp_path: Path) -> None:
    for members in ({"a": b"1", "a/b": b"2"}, {"x" * 300: b"1"}):
        archive = zipped(tmp_path / "a.zip", members)
        with pytest.raises(DownloadError, match="cannot be written"):
            extract(archive, tmp_path / "out", advance=lambda _: None)


def test_an_encrypted_or_strangely_packed_zip_is_refused(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.zip")
    sound = archive.read_bytes()
    for offset_local, offset_central, value in ((6, 8, 1), (8, 10, 9)):  # flags, method
        data = bytearray(sound)
        for signature, offset in ((b"PK\x03\x04", offset_local), (b"PK\x01\x02", offset_central)):
            at = data.find(signature)
            while at >= 0:
                data[at + offset] = value
                at = data.find(signature, at + 1)
        archive.write_bytes(data)
        with pytest.raises(DownloadError, match="cannot be unpacked"):
            extract(archive, tmp_path / "out", advance=lambda _: None)


def test_what_is_said_of_noise_is_the_same_every_time(tmp_path: Path) -> None:
    """It goes into a fingerprint; libarchive's own text holds an address in memory."""
    (tmp_path / "a.rar").write_bytes(bytes(range(1, 256)) * 16)
    with pytest.raises(DownloadError) as caught:
        extract(tmp_path / "a.rar", tmp_path / "out", advance=lambda _: None)
    assert "archive_p" not in str(caught.value)
