"""Any accepted file to upright 8-bit RGB: the one decoder of intake, training, prediction, export.

Judges by content, never by suffix. Knows no dataset, table or tensor. Safe to call from threads.
"""

import io
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image, ImageFile, UnidentifiedImageError

from dragon_app.core.errors import BadImageError
from dragon_app.core.ports import Pixels
from dragon_app.imaging.colours import to_rgb, turn_upright

MAX_PIXELS = 100_000_000
MAX_BYTES = 50_000_000
# A progressive JPEG rewrites the whole picture with every scan; real ones have about ten.
MAX_JPEG_SCANS = 200
INSPECTED_PX = 256

# MPO is left out: told so, Pillow fails on unknown bytes, and it comes through JPEG anyway.
_FORMATS = ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "BMP", "TIFF", "GIF"]
_SHOWN_FORMATS = "JPEG, PNG, WebP, AVIF, HEIC, BMP, TIFF, GIF"
_CUT_OFF = "ends too early: the file is cut off"

pillow_heif.register_heif_opener()
# Everything else in the process that opens pictures is held to the same ceiling.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedPhoto:
    """A photo that decoded to its end: its format, upright size in full, and pixels.

    `pixels` may be smaller than the size: their shorter side is at least `INSPECTED_PX`, or the
    photo's own if that is less. They serve the thumbnail and the perceptual hash.
    """

    format: str
    width_px: int
    height_px: int
    pixels: Pixels


def decode_file(path: Path, *, shortest_px: int | None = None) -> Pixels:
    """Return the photo as upright RGB (H, W, 3), uint8, contiguous.

    With `shortest_px` a large photo is read at a half, a quarter or an eighth of its size, as
    long as its shorter side stays at least that long. Raise `BadImageError` with the reason.
    """
    return decode_bytes(read_file(path), shortest_px=shortest_px)


def decode_bytes(data: bytes, *, shortest_px: int | None = None) -> Pixels:
    """Do as `decode_file` with the content of a file."""
    return _decode(data, shortest_px).pixels


def inspect_bytes(data: bytes) -> DecodedPhoto:
    """Decode a photo once for intake; raise `BadImageError` unless all of it can be decoded."""
    return _decode(data, INSPECTED_PX)


def read_file(path: Path) -> bytes:
    """Return the content of a file that may be a photo; raise `BadImageError` when it is no file,
    cannot be read, is empty or too large.
    """
    try:
        if not path.is_file():  # a pipe or a device would never end
            raise BadImageError("is not a file" if path.exists() else "does not exist")
        size = path.stat().st_size
        check_size(size)
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadImageError(f"cannot be opened: {error.strerror or error}") from error


def _decode(data: bytes, shortest_px: int | None) -> DecodedPhoto:
    if not data:
        raise BadImageError("is empty")
    check_size(len(data))
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            return _load(image, data, shortest_px)
    except BadImageError:
        raise
    except Exception as error:
        # Pillow's plugins let nearly every kind of error through on damaged files.
        raise BadImageError(_reason(error)) from error


def _load(image: ImageFile.ImageFile, data: bytes, shortest_px: int | None) -> DecodedPhoto:
    _check_pixels(*image.size)
    full_size: tuple[int, int] | None = None
    if image.format in {"JPEG", "MPO"}:
        if data.count(b"\xff\xda") > MAX_JPEG_SCANS:
            raise BadImageError("is a JPEG built to take hours to read")
        if shortest_px is not None:
            full_size = image.size
            image.draft(None, (shortest_px, shortest_px))
    elif image.format == "TIFF":
        _check_covered(image)
    image.load()
    full_size = full_size or image.size  # HEIF learns its size only here
    _check_pixels(*full_size)
    upright = turn_upright(image)
    if upright.size != image.size and image.width != image.height:
        full_size = full_size[::-1]
    factor = _halvings(min(upright.size), shortest_px)
    pixels = np.ascontiguousarray(np.asarray(to_rgb(upright, reduced_by=factor)))
    width_px, height_px = full_size
    return DecodedPhoto(
        format=image.format or "", width_px=width_px, height_px=height_px, pixels=pixels
    )


def _check_covered(image: ImageFile.ImageFile) -> None:
    """Refuse a TIFF whose strips end before the picture does: Pillow leaves the rest black."""
    covered = (max(tile.extents[side] for tile in image.tile if tile.extents) for side in (2, 3))
    # Sorted, because a picture lying on its side reports its size upright.
    if any(had < due for had, due in zip(sorted(covered), sorted(image.size), strict=True)):
        raise BadImageError(_CUT_OFF)


def _halvings(shorter_px: int, shortest_px: int | None) -> int:
    """Return by which of 8, 4, 2, 1 a side can be divided and stay long enough."""
    if shortest_px is None:
        return 1
    return next((n for n in (8, 4, 2) if shorter_px >= n * shortest_px), 1)


def _check_pixels(width_px: int, height_px: int) -> None:
    if width_px * height_px > MAX_PIXELS:
        raise BadImageError(_too_many_pixels(width_px * height_px))


def _too_many_pixels(pixels: int) -> str:
    megapixels = np.ceil(pixels / 1e6)
    return f"has {megapixels:,.0f} megapixels; at most {MAX_PIXELS // 10**6} can be taken"


def check_size(size_bytes: int) -> None:
    """Raise `BadImageError` when a file of this size is not read at all."""
    if size_bytes > MAX_BYTES:
        megabytes = np.ceil(size_bytes / 1e6)
        raise BadImageError(f"is {megabytes:,.0f} MB; at most {MAX_BYTES // 10**6} MB can be taken")


def _reason(error: Exception) -> str:
    """Put what Pillow said about a file in plain words."""
    words = str(error)
    if isinstance(error, UnidentifiedImageError):
        return f"is not a picture that can be read ({_SHOWN_FORMATS})"
    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        pixels = re.search(r"\((\d+) pixels\)", words)
        return _too_many_pixels(int(pixels[1])) if pixels else "has too many pixels"
    if isinstance(error, MemoryError):
        return "needs more memory than is free"
    if isinstance(error, EOFError) or "truncated" in words.lower():
        return _CUT_OFF
    return "is damaged and cannot be read"
