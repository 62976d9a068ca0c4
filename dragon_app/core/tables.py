"""Tables that say which file has which class: any spreadsheet's CSV read, our own written; and
our own table of the classes.

Pure text; knows no photo, zip or workspace.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from dragon_app.core.errors import TableError
from dragon_app.core.split import part_named
from dragon_app.core.types import ImageClass, Split

MAX_TABLE_BYTES = 20_000_000
MAX_ROWS = 200_000
MAX_CLASSES = 1000
_DELIMITERS = (",", ";", "\t", "|")
_SNIFFED_ROWS = 20
_COLUMNS = {
    "file": ("file", "file_name", "filename", "image", "image_name", "path", "photo", "name"),
    "class": ("class", "class_name", "label", "labels", "category"),
    "split": ("split", "part"),
    "skipped": ("skipped",),
    "original": ("original_name",),
    "digest": ("sha256",),
}
CLASSES_TABLE = "classes.csv"  # names, colours, keys, in their order
CLASS_HEADER = ("class", "colour", "key", "not in use")
_COLOUR = re.compile("#[0-9a-fA-F]{6}")
_YES = {"1", "true", "yes", "x"}
# What a spreadsheet computes, also behind our own mark, so that reading gives what was written.
_COMPUTED = re.compile("'*[=+\\-@\t\r]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRow:
    """What a table says about one file; `class_name` is None where it has no column for that."""

    file: str
    class_name: str | None
    split: Split | None = None
    is_skipped: bool = False
    original_name: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """What our own table says about a class; colour and key are empty where they say nothing."""

    name: str
    colour: str
    key: str
    is_disabled: bool


def read_classes(data: bytes) -> list[ClassRow] | None:
    """Return the classes of our own table in their order; None when it is another table.

    Raise `TableError` when it cannot be read, or names too many.
    """
    rows = _rows(_text(data)) if len(data) <= MAX_TABLE_BYTES else []
    if not rows or tuple(rows[0]) != CLASS_HEADER:
        return None
    if len(rows) > 1 + MAX_CLASSES:
        raise TableError(f"names more than {MAX_CLASSES:,} classes")
    cells = [(*map(_plain, row), "", "", "", "")[: len(CLASS_HEADER)] for row in rows[1:]]
    return [
        ClassRow(
            name=name.strip(),
            colour=colour.strip().lower() if _COLOUR.fullmatch(colour.strip()) else "",
            key=key.strip(),
            is_disabled=disabled.strip().casefold() in _YES,
        )
        for name, colour, key, disabled in cells
    ]


def write_classes(classes: Iterable[ImageClass]) -> str:
    """Return our own table of classes in their order, for `read_classes`."""
    rows = [(each.name, each.colour, each.hotkey or "", each.is_disabled) for each in classes]
    cells = [(name, colour, key, "1" if is_off else "") for name, colour, key, is_off in rows]
    return write_table([CLASS_HEADER, *cells])


def read_table(data: bytes) -> list[LabelRow]:
    """Return the rows of a table; raise `TableError` when it is none of files and classes.

    A first row of column names is optional, the delimiter is found, and the text may be UTF-8,
    UTF-16 or what older Windows programs write.
    """
    if len(data) > MAX_TABLE_BYTES:
        raise TableError(f"is too large for a table: at most {MAX_TABLE_BYTES // 10**6} MB")
    text = _text(data)
    if "\0" in text:
        raise TableError("is not text")
    rows = _rows(text)
    if not rows:
        raise TableError("is empty; a line of a table is file,class")
    places = _places(rows[0])
    if places is not None:
        rows = rows[1:]
    elif len(rows[0]) < 2:
        raise TableError("has one column; two are needed: file,class")
    else:
        places = {"file": 0, "class": 1}
    return [_row(row, places) for row in rows]


def write_table(rows: Iterable[Sequence[str]]) -> str:
    """Return CSV that a spreadsheet shows and does not compute; `read_table` gives back exactly."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([cell(text) for text in row] for row in rows)
    return file.getvalue()


def cell(text: str) -> str:
    """Return a text that a spreadsheet shows as it is instead of computing it."""
    return f"'{text}" if _COMPUTED.match(text) else text


def _plain(text: str) -> str:
    """Take back what `cell` did."""
    return text[1:] if text.startswith("'") and _COMPUTED.match(text) else text


def _text(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    zeros = [data[start:1000:2].count(0) for start in (0, 1)]
    for count, encoding in zip(zeros, ("utf-16-be", "utf-16-le"), strict=True):
        if count > len(data[:1000]) / 5:  # every other byte of plain letters
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _rows(text: str) -> list[list[str]]:
    delimiter = max(_DELIMITERS, key=lambda each: _fitness(text, each))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = list(islice((row for row in reader if any(map(str.strip, row))), MAX_ROWS + 1))
    except csv.Error as error:
        raise TableError(f"cannot be read at line {reader.line_num} ({error})") from error
    if len(rows) > MAX_ROWS:
        raise TableError(f"has more than {MAX_ROWS:,} lines: split it")
    return rows


def _fitness(text: str, delimiter: str) -> tuple[bool, int]:
    """Return how well a delimiter cuts the first lines: all alike is best, then many cut at all."""
    lines = islice(io.StringIO(text), _SNIFFED_ROWS)
    try:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
    except csv.Error:
        return False, 0
    cut = [width for width in widths if width > 1]
    return len(set(widths)) == 1 and bool(cut), len(cut)


def _places(header: Sequence[str]) -> dict[str, int] | None:
    """Return which column holds what by the names in the first row; None when it has no names."""
    names = [name.strip().casefold().replace(" ", "_") for name in header]
    found = {
        what: next(names.index(known) for known in knowns if known in names)
        for what, knowns in _COLUMNS.items()
        if any(known in names for known in knowns)
    }
    is_header = "file" in found and (len(found) > 1 or found["file"] == 0)
    return found if is_header else None


def _row(row: Sequence[str], places: dict[str, int]) -> LabelRow:
    def read(what: str) -> str:
        place = places.get(what, len(row))
        return _plain(row[place]) if place < len(row) else ""

    return LabelRow(
        file=read("file").strip(),
        class_name=read("class").strip() if "class" in places else None,
        split=part_named(read("split")),
        is_skipped=read("skipped").casefold() in _YES,
        original_name=read("original"),
        digest=read("digest").casefold(),
    )
