"""Photos without what the camera noted about place, time and owner; the pixels stay as they are.

JPEG, PNG and WebP lose the blocks that hold it and are not encoded again; what turns the picture
upright and its colours stay. BMP holds nothing of the kind. Everything else, and what does not
follow its own format, becomes a PNG of the same pixels.
"""

import io
import re
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from dragon_app.imaging.decode import decode_bytes

_ORIENTATION = 0x0112
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)  # not a byte of the picture's data
_PNG_START = b"\x89PNG\r\n\x1a\n"
# What the picture needs, how its colours are meant, and animations; texts, times and EXIF are not.
_PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT",
    b"bKGD", b"pHYs", b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip
_WEBP_KEPT = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_WEBP_HAS_EXIF, _WEBP_HAS_XMP = 0x08, 0x04


def without_notes(data: bytes) -> tuple[bytes, str]:
    """Return a photo without what the camera noted, and its format. The same always gives the same.

    Raise `BadImageError` when it cannot be read.
    """
    try:
        if data.startswith(b"\xff\xd8"):
            return b"".join(_jpeg(data)), "JPEG"
        if data.startswith(_PNG_START):
            return b"".join(_png(data)), "PNG"
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return _webp(data), "WEBP"
    except (ValueError, struct.error, LookupError, OSError, SyntaxError, TypeError):
        pass  # it can be read, but is not built as its format says
    if data.startswith(b"BM"):
        return data, "BMP"
    file = io.BytesIO()
    Image.fromarray(decode_bytes(data)).save(file, "PNG", compress_level=1)
    return file.getvalue(), "PNG"


def _jpeg(data: bytes) -> Iterator[bytes]:
    """Yield what stays: JFIF and Adobe's colour mark, the colour profile, and the picture.

    What follows the end of the picture, a second one or a film, goes too.
    """
    turned = _turn(data)
    yield data[:2]
    at = 2
    has_turn = turned is None
    while True:
        while data[at + 1] == 0xFF:  # filling
            at += 1
        if data[at] != 0xFF:
            raise ValueError("no marker where one is due")
        kind = data[at + 1]
        if kind == 0xD9:
            yield data[at : at + 2]
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        block = data[at : at + 2 + length]
        if len(block) != length + 2 or length < 2:
            raise ValueError("a block that ends too early")
        if not has_turn and kind != 0xE0:
            yield (
                b"\xff\xe1"
                + struct.pack(">H", len(turned or b"") + 8)
                + b"Exif\0\0"
                + (turned or b"")
            )
            has_turn = True
        if _stays(kind, block[4:]):
            yield block
        at += 2 + length
        if kind == 0xDA:  # a scan: its data goes on to the next marker
            found = _MARKER.search(data, at)
            if found is None:
                raise ValueError("no end")
            yield data[at : found.start()]
            at = found.start()


def _stays(kind: int, content: bytes) -> bool:
    if kind == 0xFE:
        return False
    if 0xE0 <= kind <= 0xEF:
        return (
            (kind == 0xE0 and content.startswith(b"JFIF\0"))
            or (kind == 0xE2 and content.startswith(b"ICC_PROFILE\0"))
            or (kind == 0xEE and content.startswith(b"Adobe"))
        )
    return True


def _png(data: bytes) -> Iterator[bytes]:
    turned = _turn(data)
    yield _PNG_START
    at = len(_PNG_START)
    while True:
        length, kind = struct.unpack_from(">L4s", data, at)
        chunk = data[at : at + length + 12]
        if len(chunk) != length + 12:
            raise ValueError("a chunk that ends too early")
        if kind in _PNG_KEPT:
            yield chunk
        if kind == b"IHDR" and turned is not None:
            body = b"eXIf" + turned
            yield struct.pack(">L", len(turned)) + body + struct.pack(">L", zlib.crc32(body))
        if kind == b"IEND":
            return
        at += length + 12


def _webp(data: bytes) -> bytes:
    turned = _turn(data)
    end = 8 + struct.unpack_from("<L", data, 4)[0]
    if end > len(data) + 1:
        raise ValueError("ends too early")
    kept: list[bytes] = []
    at = 12
    while at + 8 <= min(end, len(data)):
        kind, length = struct.unpack_from("<4sL", data, at)
        body = data[at + 8 : at + 8 + length]
        if len(body) != length:
            raise ValueError("a chunk that ends too early")
        if kind == b"VP8X":
            flags = body[0] & ~(_WEBP_HAS_EXIF | _WEBP_HAS_XMP)
            body = bytes([flags | (_WEBP_HAS_EXIF if turned else 0)]) + body[1:]
        if kind in _WEBP_KEPT:
            kept.append(_riff(kind, body))
        at += 8 + length + length % 2
    if turned:
        kept.append(_riff(b"EXIF", turned))
    return _riff(b"RIFF", b"WEBP" + b"".join(kept))


def _riff(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<L", len(body)) + body + b"\0" * (len(body) % 2)


def _turn(data: bytes) -> bytes | None:
    """Return EXIF that holds the orientation and nothing else; None when the photo is upright."""
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"]) as image:
        if data.startswith(_PNG_START):
            image.load()  # its EXIF may come after the picture
        orientation = image.getexif().get(_ORIENTATION, 1)
    if orientation not in range(2, 9):
        return None
    # One entry of a big-endian TIFF directory: a short, once.
    entry = struct.pack(">HHLHH", _ORIENTATION, 3, 1, orientation, 0)
    return b"MM\0*" + struct.pack(">LH", 8, 1) + entry + struct.pack(">L", 0)
