"""Zips built by hand: ordinary ones, and those that were made to do harm. Knows no app."""

import io
import stat
import struct
import zipfile
from collections.abc import Callable, Sequence

from tests.photos import photo_bytes

Member = tuple[str | zipfile.ZipInfo, bytes]


def zipped(members: Sequence[Member], *, method: int = zipfile.ZIP_STORED) -> bytes:
    """Return a zip of members, each a name or an entry of its own and its bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method, compresslevel=1) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def photos(*names: str, first: int = 0) -> list[Member]:
    """Return a photo of its own for each name."""
    return [(name, photo_bytes(first + i)) for i, name in enumerate(names)]


def with_mode(name: str, mode: int) -> zipfile.ZipInfo:
    """Return an entry that says it is a link, a device or whatever `mode` is."""
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = mode << 16
    return entry


def patched(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return a zip in which bytes were replaced everywhere, as no program would write it."""
    assert len(old) == len(new)
    assert old in data
    return data.replace(old, new)


def _plain(*names: str) -> bytes:
    return zipped(photos(*names))


def _flagged(bit: int) -> bytes:
    """Set a flag of the first member in both of its headers."""
    data = bytearray(_plain("a.png", "b.png"))
    for signature, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = data.index(signature) + offset
        struct.pack_into("<H", data, at, struct.unpack_from("<H", data, at)[0] | bit)
    return bytes(data)


def _sized(size: int) -> bytes:
    """Let the first member say that it unpacks to another size."""
    data = bytearray(_plain("a.png", "b.png"))
    struct.pack_into("<L", data, data.index(b"PK\3\4") + 22, size)
    struct.pack_into("<L", data, data.index(b"PK\1\2") + 24, size)
    return bytes(data)


def _overlapping() -> bytes:
    """Let the second entry of the directory stand for the bytes of the first."""
    data = bytearray(_plain("a.png", "b.png"))
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 4)
    struct.pack_into("<L", data, second + 42, 0)
    return bytes(data)


def _zeros(megabytes: int, count: int) -> bytes:
    zeros = bytes(megabytes * 10**6)
    return zipped([(f"{i}.png", zeros) for i in range(count)], method=zipfile.ZIP_DEFLATED)


def many(count: int, *, are_apart: bool = False) -> bytes:
    """Return a zip whose directory names so many empty members; none of them is in it."""
    head = struct.pack("<4s4B4H3L5HL", b"PK\1\2", 20, 3, 20, *[0] * 4, 33, *[0] * 3, 6, *[0] * 5)
    one = head + bytes(4) + b"member"
    every = (head + struct.pack("<L", 36 * i) + b"%06x" % i for i in range(count))
    directory = b"".join(every) if are_apart else one * count
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, len(directory), 0, 0)
    return directory + end


# Name -> the zip, and what is said about it. In each, `good.png` or another photo may be fine.
REFUSED_WHOLE: dict[str, tuple[Callable[[], bytes], str]] = {
    "no zip": (lambda: photo_bytes(1), "not a zip"),
    "nothing": (lambda: b"", "not a zip"),
    "cut off": (lambda: _plain("a.png", "b.png")[:-40], "not a zip"),
    "cut in the middle": (lambda: _plain("a.png")[:200], "not a zip"),
    "no directory": (lambda: many(0)[:-10] + b"\xff" * 10, "not a zip"),
    "an empty zip": (lambda: zipped([]), "holds no file"),
    "a million members": (lambda: many(1_000_000), "more than 120,000 files"),
    "members over one another": (_overlapping, "over one another"),
    "a bomb of many": (lambda: _zeros(9, 24), "would unpack to 0.2 GB"),
}
REFUSED_MEMBER: dict[str, tuple[Callable[[], bytes], str]] = {
    "path escape": (lambda: _plain("../../evil.png", "good.png"), "leads out of the zip"),
    "escape in the middle": (lambda: _plain("a/../../evil.png", "good.png"), "leads out"),
    "absolute path": (lambda: _plain("/etc/evil.png", "good.png"), "leads out of the zip"),
    "drive": (lambda: _plain("C:\\evil.png", "good.png"), "leads out of the zip"),
    "backslashes": (lambda: _plain("..\\..\\evil.png", "good.png"), "leads out of the zip"),
    "link": (
        lambda: zipped(
            [(with_mode("evil.png", stat.S_IFLNK | 0o777), b"/etc/passwd"), *photos("good.png")]
        ),
        "is a link",
    ),
    "device": (
        lambda: zipped([(with_mode("evil.png", stat.S_IFCHR | 0o666), b""), *photos("good.png")]),
        "is a device",
    ),
    "encrypted": (lambda: _flagged(1), "locked with a password"),
    "unusual packing": (
        lambda: zipped(photos("a.png"), method=zipfile.ZIP_LZMA),
        "packed in an unusual way",
    ),
    "says it is larger": (lambda: _sized(10_000), "damaged in the zip"),
    "says it is smaller": (lambda: _sized(40), "damaged in the zip"),
    "says it is 4 GB": (lambda: _sized(0xFFFFFFF0), "at most 50 MB"),
    "a bomb": (
        lambda: zipped(
            [("a.png", bytes(11_000_000)), *photos("good.png")], method=zipfile.ZIP_DEFLATED
        ),
        "200 times",
    ),
    "nested": (
        lambda: zipped([("a.png", _plain("x.png")), *photos("good.png")]),
        "a zip in the zip",
    ),
    "wrong checksum": (
        lambda: patched(_plain("a.png"), photo_bytes(0)[-20:], bytes(20)),
        "damaged in the zip",
    ),
    "another name inside": (
        lambda: _plain("a.png", "b.png").replace(b"a.png", b"c.png", 1),
        "damaged in the zip",
    ),
    "zero byte": (lambda: patched(_plain("aXb.png"), b"aXb.png", b"a\0b.png"), "zero byte"),
    "deep folders": (lambda: _plain("/".join("d" * 400) + "/a.png"), "32 folders deep"),
    "turned name": (lambda: _plain("\u202egnp.exe/a.png"), "cannot name a class"),
    "no picture": (lambda: zipped([("a.png", b"#!/bin/sh"), *photos("good.png")]), "not a picture"),
    "table of no text": (
        lambda: zipped([("t.csv", b"a\0b,c\n" * 9), *photos("good.png")]),
        "is not text",
    ),
    "absent files": (
        lambda: zipped([("t.csv", b"file,class\ngone.png,x\n"), *photos("good.png")]),
        "is not in the zip",
    ),
}
