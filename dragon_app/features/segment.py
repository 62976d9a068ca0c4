"""Rows of numbers in one pair of files: the rows, and an index that says whose they are.

Written once from front to back, rows before index; a row counts when its checksum holds. So a
torn end, a damaged byte and a forgotten photo look alike: the row is absent.
"""

import contextlib
import os
import struct
import threading
import zlib
from collections.abc import Collection, Iterator, Sequence
from hashlib import sha256
from io import FileIO
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Row = NDArray[Any]

MOST_DIMENSIONS = 4
_RECORD = struct.Struct(f"<16sQQI{MOST_DIMENSIONS}I")  # key, offset, bytes, checksum, shape
_NOBODY = bytes(16)


def key_of(digest: str) -> bytes:
    """Return the 16 bytes under which a photo's row is found."""
    return sha256(digest.encode()).digest()[:16]


class Segment:
    """The rows that one writer left, or is leaving. Safe from several threads.

    Shared between threads: the file position behind `_lock`; the index only ever grows.
    """

    def __init__(self, stem: Path, dtype: str, file: FileIO) -> None:
        self.stem = stem
        self._dtype = np.dtype(dtype)
        self._file = file
        self._lock = threading.Lock()
        self._index = bytearray()
        self._places: dict[bytes, int] = {}
        self.shapes: set[tuple[int, ...]] = set()  # that its rows have, or had
        self._unwritten = 0  # bytes at the end of the index that the file lacks

    @classmethod
    def create(cls, folder: Path, dtype: str) -> "Segment":
        """Begin an empty segment under a name of its own; raise `OSError` when the disk refuses."""
        stem = folder / os.urandom(8).hex()
        return cls(stem, dtype, stem.with_suffix(".rows").open("x+b", buffering=0))

    @classmethod
    def open(cls, stem: Path, dtype: str) -> "Segment":
        """Open what was written before; raise `OSError` when a file is missing."""
        index = _whole_records(stem)
        segment = cls(stem, dtype, stem.with_suffix(".rows").open("rb", buffering=0))
        segment._index += index
        size = segment.size_bytes
        for place, (key, offset, length, _, *shape) in enumerate(_RECORD.iter_unpack(index)):
            sides = _sides(shape)
            is_whole = prod(sides) * segment._dtype.itemsize == length
            if key != _NOBODY and offset + length <= size and is_whole:
                segment._places[key] = place
                segment.shapes.add(sides)
        return segment

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, key: bytes) -> bool:
        return key in self._places

    @property
    def keys(self) -> Iterator[bytes]:
        """Whose rows are here."""
        return iter(list(self._places))

    @property
    def size_bytes(self) -> int:
        """How many bytes the rows take."""
        return os.fstat(self._file.fileno()).st_size

    def read(self, key: bytes) -> Row | None:
        """Return a row, or None when it is absent or does not match its checksum."""
        place = self._places.get(key)
        if place is None:
            return None
        _, offset, length, checksum, *shape = _RECORD.unpack_from(self._index, place * _RECORD.size)
        data = bytearray(length)
        try:
            with self._lock:
                self._file.seek(offset)
                count = self._file.readinto(data)
            row = np.frombuffer(data, self._dtype).reshape(_sides(shape))
        except (OSError, ValueError):
            count = -1
        if count != length or zlib.crc32(data) != checksum:
            self._places.pop(key, None)
            return None
        return row

    def append(self, keys: Sequence[bytes], rows: Sequence[Row]) -> None:
        """Write rows of at most four dimensions at the end; they last from the next `flush`."""
        for key, row in zip(keys, rows, strict=True):
            data = np.ascontiguousarray(row, self._dtype).tobytes()
            shape = (*row.shape, *(0,) * (MOST_DIMENSIONS - row.ndim))
            with self._lock:
                offset = self._file.seek(0, os.SEEK_END)
                if self._file.write(data) != len(data):
                    raise OSError("the disk took half a row")
            place = len(self._index) // _RECORD.size
            self._index += _RECORD.pack(key, offset, len(data), zlib.crc32(data), *shape)
            self._unwritten += _RECORD.size
            self._places[key] = place
            self.shapes.add(_sides(shape))

    def flush(self) -> None:
        """Bring rows to the disk, then their index; raise `OSError` when it refuses."""
        if self._unwritten:
            os.fsync(self._file.fileno())
            with self.stem.with_suffix(".index").open("ab") as file:
                file.write(self._index[-self._unwritten :])
                file.flush()
                os.fsync(file.fileno())
            self._unwritten = 0

    def close(self) -> None:
        """Close the file; what was not flushed is lost."""
        self._file.close()


def stems(folder: Path) -> list[Path]:
    """Return what `Segment.open` takes for every segment in a folder."""
    return sorted(path.with_suffix("") for path in folder.glob("*.index"))


def delete(stem: Path) -> None:
    """Remove a segment; whoever has it open may go on reading where the system allows it."""
    for suffix in (".index", ".rows"):
        with contextlib.suppress(OSError):
            stem.with_suffix(suffix).unlink(missing_ok=True)


def forget(stem: Path, keys: Collection[bytes]) -> None:
    """Overwrite the rows of some photos, then their places in the index, and cut a torn end off.

    A segment of which less than half is left is deleted: what it still had is computed again.
    """
    try:
        records = list(_RECORD.iter_unpack(_whole_records(stem)))
        gone = [place for place, record in enumerate(records) if record[0] in keys]
        left = sum(record[0] != _NOBODY for record in records) - len(gone)
        if 2 * left < len(records):
            delete(stem)
            return
        with stem.with_suffix(".rows").open("r+b") as file:
            for place in gone:
                _, offset, length, *_ = records[place]
                file.seek(offset)
                file.write(bytes(length))
            file.truncate(max((offset + length for _, offset, length, *_ in records), default=0))
            file.flush()
            os.fsync(file.fileno())
        if gone:
            with stem.with_suffix(".index").open("r+b") as file:
                for place in gone:
                    file.seek(place * _RECORD.size)
                    file.write(bytes(_RECORD.size))
                file.flush()
                os.fsync(file.fileno())
    except OSError:
        delete(stem)


def _sides(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(side for side in shape if side)


def _whole_records(stem: Path) -> bytes:
    index = stem.with_suffix(".index").read_bytes()
    return index[: len(index) // _RECORD.size * _RECORD.size]
