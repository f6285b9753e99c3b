"""Take metadata out of JPEG and PNG files without touching a pixel.

Both formats are lists of typed parts; what the decoder does not need (Exif, XMP, comments, text,
thumbnails, vendor blocks, anything after the end marker) is left out, the rest is copied as is.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from m3ds.errors import CorruptImage

_EOI = b"\xff\xd9"
# JFIF header, ICC profile and Adobe colour transform change how pixels read; others do not.
_JPEG_KEEP = {0xE0: b"JFIF\x00", 0xE2: b"ICC_PROFILE\x00", 0xEE: b"Adobe"}
_JPEG_NAMES = {0xFE: "COM"} | {0xE0 + n: f"APP{n}" for n in range(16)}
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_KEEP = frozenset(
    (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT")
)


@dataclass(frozen=True, slots=True)
class Stripped:
    """The bytes that are left, and the names of the parts that went (sorted, each once)."""

    data: bytes
    removed: tuple[str, ...]


def strip(data: bytes) -> Stripped:
    """Strip a JPEG or PNG file.

    Raises:
        CorruptImage: the file's structure is broken, or it is of another format.
    """
    if data.startswith(b"\xff\xd8"):
        return _strip_jpeg(data)
    if data.startswith(_PNG_SIGNATURE):
        return _strip_png(data)
    raise CorruptImage("is neither JPEG nor PNG")


def _strip_jpeg(data: bytes) -> Stripped:
    kept, removed, at = [data[:2]], set[str](), 2
    while True:
        marker, body, at = _jpeg_segment(data, at)
        if marker == 0xD9:
            break
        keep = _JPEG_KEEP.get(marker)
        if marker in _JPEG_NAMES and (keep is None or not body.startswith(keep, 4)):
            removed.add(_JPEG_NAMES[marker])
        else:
            kept.append(body)
        if marker == 0xDA:  # a scan: entropy-coded bytes follow, up to the next real marker
            end = _scan_end(data, at)
            kept.append(data[at:end])
            at = end
            if at >= len(data):
                raise CorruptImage("JPEG ends inside its picture")
    if data[at:].strip(b"\x00"):
        removed.add("trailing bytes")
    return Stripped(b"".join(kept) + _EOI, tuple(sorted(removed)))


def _jpeg_segment(data: bytes, at: int) -> tuple[int, bytes, int]:
    """Marker, bytes (marker and length included) and end of the segment at `at`."""
    while data[at : at + 1] == b"\xff" and data[at + 1 : at + 2] == b"\xff":
        at += 1  # fill bytes
    if at + 2 > len(data) or data[at] != 0xFF:
        raise CorruptImage(f"JPEG has no marker at byte {at}")
    marker = data[at + 1]
    if marker == 0xD9 or marker == 0x01 or 0xD0 <= marker <= 0xD7:
        return marker, data[at : at + 2], at + 2
    if at + 4 > len(data):
        raise CorruptImage(f"JPEG ends inside the segment at byte {at}")
    (length,) = struct.unpack_from(">H", data, at + 2)
    end = at + 2 + length
    if end > len(data):
        raise CorruptImage(f"JPEG ends inside the segment at byte {at}")
    return marker, data[at:end], end


def _scan_end(data: bytes, at: int) -> int:
    """Where entropy-coded data ends: at a marker that is neither stuffing nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return len(data)
        following = data[at + 1]
        if following == 0x00 or 0xD0 <= following <= 0xD7:
            at += 2
        elif following == 0xFF:
            at += 1
        else:
            return at


def _strip_png(data: bytes) -> Stripped:
    kept, removed, at = [_PNG_SIGNATURE], set[str](), len(_PNG_SIGNATURE)
    while True:
        if at + 12 > len(data):
            raise CorruptImage("PNG ends before its IEND chunk")
        (length,) = struct.unpack_from(">I", data, at)
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            raise CorruptImage(f"PNG ends inside its {kind.decode('latin-1')} chunk")
        if kind in _PNG_KEEP:
            _check_crc(data, at, length, kind)
            kept.append(data[at:end])
        else:
            removed.add(kind.decode("latin-1"))
        at = end
        if kind == b"IEND":
            break
    if at < len(data):
        removed.add("trailing bytes")
    return Stripped(b"".join(kept), tuple(sorted(removed)))


def _check_crc(data: bytes, at: int, length: int, kind: bytes) -> None:
    (stated,) = struct.unpack_from(">I", data, at + 8 + length)
    if zlib.crc32(data[at + 4 : at + 8 + length]) != stated:
        raise CorruptImage(f"PNG chunk {kind.decode('latin-1')} fails its checksum")
