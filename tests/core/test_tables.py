import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragon_app.core.errors import TableError
from dragon_app.core.tables import LabelRow, cell, read_table, write_table
from dragon_app.core.types import Split

ROWS = [("a.jpg", "Löwe"), ("b, c.jpg", "Tiger")]


def said(data: bytes) -> list[tuple[str, str | None]]:
    return [(row.file, row.class_name) for row in read_table(data)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"])  # noqa: E501  # fmt: skip
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("header", ["", "file{}class\r\n", "File name{}Label\n"])
def test_a_table_is_read_however_it_was_written(encoding: str, delimiter: str, header: str) -> None:
    lines = "\r\n".join(f'"{file}"{delimiter}{name}' for file, name in ROWS)
    assert said((header.format(delimiter) + lines).encode(encoding)) == ROWS


def test_columns_are_found_by_their_names() -> None:
    data = b"id,split,label,file_name,sha256,skipped\n1,validation,rose,a.jpg,AB,\n2,,,b.jpg,,1\n"
    assert read_table(data) == [
        LabelRow(file="a.jpg", class_name="rose", split=Split.VAL, digest="ab"),
        LabelRow(file="b.jpg", class_name="", is_skipped=True),
    ]


def test_a_table_without_classes_says_none() -> None:
    assert said(b"file_name,caption\na.jpg,a dog\n") == [("a.jpg", None)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\n\n  \n", "empty"),
        (b"a.jpg\nb.jpg\n", "one column"),
        (b"a\0b,rose", "not text"),
        (b'a,"' + b"x" * 200_000, "cannot be read at line"),
        (b"a,b\n" * 200_001, "more than 200,000 lines"),
        (b"x" * 20_000_001, "at most 20 MB"),
    ],
)
def test_what_is_no_table_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(TableError, match=words):
        read_table(data)


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "'=1", "''-1"])
def test_a_formula_is_text_in_a_spreadsheet_and_exact_when_read_again(name: str) -> None:
    text = write_table([("file", "class"), ("a.jpg", name)])
    assert cell(name)[0] == "'"
    assert said(text.encode()) == [("a.jpg", name.strip())]


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1))
def test_every_name_that_can_be_stored_is_read_as_it_was_written(name: str) -> None:
    text = write_table([("file", "class", "original_name"), ("a.jpg", "x", name)])
    assert read_table(text.encode("utf-8-sig"))[0].original_name == name
