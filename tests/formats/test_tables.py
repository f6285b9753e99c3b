from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from m3ds.errors import AnnotationError, LayoutError
from m3ds.formats.tables import Row, headed, headerless

ID = re.compile(r"I\d+")


def save(folder: Path, content: bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_line_ends_and_byte_order_marks(tmp_path: Path, mark: bytes, end: bytes) -> None:
    lines = end.join((b"id, label", b"I1,a", b"", b'I2,"b,c"', b""))
    first, second = headed(save(tmp_path, mark + lines), ("id", "label"))
    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert (first.line, first["id"], first["label"]) == (2, "I1", "a")
    assert (second.line, second["label"]) == (4, "b,c")
    bare = end.join((b"I1,a", b"I2,b"))
    rows = headerless(save(tmp_path, mark + bare), ("id", "label"), key=ID)
    assert [row["label"] for row in rows if isinstance(row, Row)] == ["a", "b"]


def test_a_short_row_is_an_error_in_its_place(tmp_path: Path) -> None:
    for rows in (
        headed(save(tmp_path, b"id,label\nI1,a\nI2\nI3,c\n"), ("id",)),
        headerless(save(tmp_path, b"I0,a\nI1,a\nI2\nI3,c\n"), ("id", "label"), key=ID)[1:],
    ):
        assert [isinstance(row, Row) for row in rows] == [True, False, True]
        assert isinstance(rows[1], AnnotationError)
        assert rows[1].where == "table.csv, line 3"


def test_a_later_row_with_a_strange_key(tmp_path: Path) -> None:
    rows = headerless(save(tmp_path, b"I1,a\nX2,b\n"), ("id", "label"), key=ID)
    assert isinstance(rows[1], AnnotationError)


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"id\n1\n", b"\xff\xfe\x00", b"id,id,label\n", b'id,label\n"a,b\n']
)
def test_foreign_headed_tables(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(LayoutError) as caught:
        headed(save(tmp_path, content), ("id", "label"))
    assert caught.value.where == "table.csv"


@pytest.mark.parametrize("content", [b"", b"id,label\nI1,a\n", b",I1,a\n", b"I1;a\n"])
def test_foreign_headerless_tables(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(LayoutError) as caught:
        headerless(save(tmp_path, content), ("id", "label"), key=ID)
    assert caught.value.todo


def test_absent_table(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match=r"gone\.csv"):
        headed(tmp_path / "gone.csv", ("id",))


@given(st.binary(max_size=80))
def test_any_bytes_give_rows_or_a_layout_error(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = save(tmp_path_factory.getbasetemp(), content)
    try:
        rows = headerless(path, ("id", "label"), key=ID)
    except LayoutError:
        return
    assert isinstance(rows[0], Row)
    assert ID.fullmatch(rows[0]["id"])
