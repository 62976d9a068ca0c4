"""What lies in a zip, without trusting a word of it. Knows no workspace.

No member ever becomes a file by its own name: one at a time is read into memory, at most as much
as a photo may have, and goes where every upload goes.
"""

import io
import stat
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dragon_app.core.errors import ArchiveError, BadImageError, TableError
from dragon_app.core.names import shown_name
from dragon_app.core.tables import MAX_TABLE_BYTES, ClassRow, LabelRow, read_classes, read_table
from dragon_app.core.types import Refusal
from dragon_app.imaging.decode import MAX_BYTES, check_size
from dragon_app.services.intake import IncomingFile, place
from dragon_app.services.tables import Said, is_table, shown_path

MAX_MEMBERS = 120_000
_MAX_DIRECTORY_BYTES = 64_000_000
_MAX_FOLDERS = 32
_MAX_RATIO = 200  # photos are packed already; a picture of one colour may shrink as much
_BOMB_BYTES = 10_000_000  # what unpacks to less harms nobody, however small it was
_ENTRY = b"PK\x01\x02"
_NESTED = (b"PK\x03\x04", b"PK\x05\x06")
_HEADER_BYTES = 30  # in front of every member, without its name
_UTF_8 = 0x800
_ENCRYPTED = 0x1
_TOO_MUCH = f"is too large: the tables of a zip have at most {MAX_TABLE_BYTES // 10**6} MB together"
_CLUTTER = {"__macosx", "thumbs.db", "desktop.ini"}
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, OverflowError,
    NotImplementedError, RuntimeError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contents:
    """The files of a zip, and what in it is not even tried. `rows` tell what tables say of them."""

    files: tuple[IncomingFile, ...]
    rows: tuple[LabelRow | None, ...]  # one for each file
    refused: tuple[Refusal, ...]
    classes: tuple[ClassRow, ...] = ()  # what our own table says of them, in their order


@contextmanager
def open_archive(path: Path, name: str) -> Iterator[Contents]:
    """List a zip that a person calls `name`, for as long as it is open.

    Raise `ArchiveError` when all of it is refused.

    Class folders name classes, as in a folder on disk; a table in it wins over them. Files may be
    read from several threads.
    """
    try:
        file = _Wary(io.FileIO(path))
    except OSError as error:
        raise ArchiveError(f"cannot be opened: {error.strerror or error}") from error
    with file:
        try:
            archive = zipfile.ZipFile(file)
        except _DAMAGE as error:
            raise ArchiveError("is not a zip, or it is cut off or damaged") from error
        file.is_opening = False
        with archive:
            yield _contents(archive, name, file.seek(0, io.SEEK_END))


class _Wary(io.BufferedReader):
    """A file whose directory is looked at before `zipfile` makes an object of every entry."""

    is_opening = True

    def read(self, size: int | None = -1, /) -> bytes:
        if not self.is_opening:
            return super().read(size)
        if size is not None and size > _MAX_DIRECTORY_BYTES:
            raise _too_many()
        data = super().read(size)
        if data.count(_ENTRY) > MAX_MEMBERS:
            raise _too_many()
        return data


def _too_many() -> ArchiveError:
    return ArchiveError(f"holds more than {MAX_MEMBERS:,} files: split it into several zips")


class _Reader:
    """Reads members, one at a time: `zipfile` counts its open ones without a lock."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._one = threading.Lock()

    def read(self, member: zipfile.ZipInfo, most_bytes: int) -> bytes:
        """Return the bytes of a member, whatever its header says about their number."""
        try:
            with self._one, self._archive.open(member) as file:
                data = file.read(most_bytes + 1)
                is_whole = len(data) == member.file_size
                if is_whole:
                    file.read(1)  # the checksum is compared at the end
        except _DAMAGE as error:
            raise BadImageError("is damaged in the zip") from error
        if not is_whole:
            raise BadImageError("is damaged in the zip: it has another size than it says")
        if data.startswith(_NESTED):
            raise BadImageError("is a zip in the zip: unpack it and add it by itself")
        return data


def _contents(archive: zipfile.ZipFile, name: str, archive_bytes: int) -> Contents:
    reader = _Reader(archive)
    members = [each for each in archive.infolist() if not each.is_dir()]
    _check_overlap(members)
    refused: list[Refusal] = []
    taken: dict[str, list[zipfile.ZipInfo]] = {}
    tables: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        path = _path(member)
        parts = path.split("/")
        if any(
            part.startswith(".") or part.casefold() in _CLUTTER for part in parts if part != ".."
        ):
            continue  # what systems leave in zips and nobody put there
        reason = _problem(member, path)
        if reason:
            refused.append(Refusal(name=shown_path(path), reason=reason))
        elif is_table(path):
            tables[path] = member
        else:
            taken.setdefault(path, []).append(member)
    _check_total(taken, archive_bytes)
    if not (taken or tables or refused):
        raise ArchiveError("holds no file")
    said = Said({path: len(group) for path, group in taken.items()})
    classes: list[ClassRow] = []
    refused += _read_tables(reader, tables, said, classes)
    files: list[IncomingFile] = []
    rows: list[LabelRow | None] = []
    inside, depth = _first_folders(taken, Path(name).stem)
    for path, group in taken.items():
        row = said.rows.get(path) if len(group) == 1 else None
        for member in group:
            files.append(_incoming(reader, member, path.split("/")[depth:], inside, row))
            rows.append(row)
    return Contents(tuple(files), tuple(rows), (*refused, *said.refused()), tuple(classes))


def _read_tables(
    reader: _Reader,
    tables: Mapping[str, zipfile.ZipInfo],
    said: Said,
    classes: list[ClassRow],
) -> list[Refusal]:
    """Read the tables of a zip, of files and of classes, and return those that cannot be."""
    refused: list[Refusal] = []
    room = MAX_TABLE_BYTES
    for path, member in tables.items():
        try:
            if member.file_size > room:
                raise TableError(_TOO_MUCH)
            room -= member.file_size
            data = reader.read(member, member.file_size)
            if (found := read_classes(data)) is None:
                said.read(path, read_table(data))
            else:
                classes += found
        except (TableError, BadImageError) as error:
            refused.append(Refusal(name=shown_path(path), reason=str(error)))
    return refused


def _incoming(
    reader: _Reader,
    member: zipfile.ZipInfo,
    parts: Sequence[str],
    inside: Sequence[str],
    row: LabelRow | None,
) -> IncomingFile:
    class_name, split = place(parts[:-1], inside)
    if row is not None:
        class_name = class_name if row.class_name is None else row.class_name or None
        split = row.split or split
    return IncomingFile(
        name=shown_name((row.original_name if row else "") or parts[-1]),
        read=partial(reader.read, member, MAX_BYTES),
        size_bytes=member.file_size,
        class_name=class_name,
        split=split,
        is_skipped=row is not None and row.is_skipped,
    )


def _path(member: zipfile.ZipInfo) -> str:
    """Return the path of a member with plain slashes, read as UTF-8 where it can be."""
    path = member.orig_filename
    if not member.flag_bits & _UTF_8:  # macOS writes UTF-8 without saying so
        try:
            path = path.encode("cp437").decode("utf-8")
        except UnicodeError:
            path = member.orig_filename
    return path.replace("\\", "/").removeprefix("./")


def _problem(member: zipfile.ZipInfo, path: str) -> str:
    """Return why a member is not even tried; nothing when it is."""
    parts = path.split("/")
    mode = member.external_attr >> 16
    if "\0" in path:
        return "has a zero byte in its name"
    if path.startswith("/") or ".." in parts or parts[0].endswith(":"):
        return "has a path that leads out of the zip"
    if len(parts) > _MAX_FOLDERS + 1:
        return f"lies more than {_MAX_FOLDERS} folders deep"
    if stat.S_ISLNK(mode):
        return "is a link, not a file"
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "is a device, not a file"
    if member.flag_bits & _ENCRYPTED:
        return "is locked with a password: unpack the zip yourself and add the files"
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        return "is packed in an unusual way: make an ordinary zip"
    try:
        check_size(member.file_size)
    except BadImageError as error:
        return str(error)
    if member.file_size > _BOMB_BYTES and member.file_size > _MAX_RATIO * member.compress_size:
        return f"unpacks to more than {_MAX_RATIO} times its size: no photo does"
    return ""


def _check_overlap(members: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse a zip whose members share their bytes: a few megabytes could stand for terabytes."""
    end = 0
    for member in sorted(members, key=lambda each: each.header_offset):
        if member.header_offset < end:
            raise ArchiveError("holds files that lie over one another: it was built to harm")
        end = member.header_offset + _HEADER_BYTES + member.compress_size


def _check_total(taken: dict[str, list[zipfile.ZipInfo]], archive_bytes: int) -> None:
    total = sum(member.file_size for group in taken.values() for member in group)
    if total > _MAX_RATIO * max(archive_bytes, _BOMB_BYTES / 10):
        raise ArchiveError(
            f"would unpack to {total / 1e9:,.1f} GB from {archive_bytes / 1e6:,.1f} MB, which no "
            "photos do"
        )


def _first_folders(paths: dict[str, list[zipfile.ZipInfo]], stem: str) -> tuple[list[str], int]:
    """Return the folders of the first level, and how many levels above it wrap everything.

    A folder around everything is no class when it holds folders, or is called like the zip.
    """
    folders = [path.split("/")[:-1] for path in paths]
    roots = {each[0] if each else "" for each in folders}
    is_wrapped = len(roots) == 1 and "" not in roots
    if is_wrapped and (any(len(each) > 1 for each in folders) or roots == {stem}):
        return list(dict.fromkeys(each[1] for each in folders if len(each) > 1)), 1
    return list(dict.fromkeys(each[0] for each in folders if each)), 0
