"""The smallest spreadsheet that spreadsheet programs open."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from m3ds.phantoms.archive import Pack

Rows = list[tuple[str | int, ...]]

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(sheets: dict[str, Rows]) -> bytes:
    """An `.xlsx` file with one sheet per entry; the same bytes for the same rows."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        file = Pack(archive)
        numbers = range(1, len(sheets) + 1)
        parts = "".join(
            f'<Override PartName="/xl/worksheets/sheet{k}.xml" '
            f'ContentType="{_KIND}.worksheet+xml"/>'
            for k in numbers
        )
        file.add(
            "[Content_Types].xml",
            f'{_HEAD}<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
            f"{parts}</Types>",
        )
        file.add("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        links = [("worksheet", f"worksheets/sheet{k}.xml") for k in numbers]
        file.add("xl/_rels/workbook.xml.rels", _relations(links))
        names = "".join(
            f'<sheet name="{escape(name)}" sheetId="{k}" r:id="rId{k}"/>'
            for k, name in zip(numbers, sheets, strict=True)
        )
        file.add(
            "xl/workbook.xml",
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_DOC}">'
            f"<sheets>{names}</sheets></workbook>",
        )
        for k, rows in zip(numbers, sheets.values(), strict=True):
            file.add(f"xl/worksheets/sheet{k}.xml", _sheet(rows))
    return out.getvalue()


def _relations(targets: list[tuple[str, str]]) -> str:
    items = "".join(
        f'<Relationship Id="rId{k}" Type="{_DOC}/{kind}" Target="{target}"/>'
        for k, (kind, target) in enumerate(targets, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_RELS}">{items}</Relationships>'


def _sheet(rows: Rows) -> str:
    body = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{body}</sheetData></worksheet>'


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
