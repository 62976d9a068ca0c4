"""A zip that is read while it is written: bytes in, bytes out. Knows no file on the disk."""

import io
import zipfile


def entry(path: str) -> zipfile.ZipInfo:
    """Return a member's header without a date, so that the same content gives the same bytes."""
    made = zipfile.ZipInfo(path)  # of 1980
    made.external_attr = 0o644 << 16
    return made


class ZipPipe(io.RawIOBase):
    """What a zip is written into and taken out of, piece by piece."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        """Keep some bytes until they are taken."""
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """Return what was written since, and forget it."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
