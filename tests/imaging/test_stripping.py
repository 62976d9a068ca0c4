import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from dragon_app.imaging.decode import decode_bytes
from dragon_app.imaging.stripping import without_notes
from tests.photos import photo_bytes


def _image() -> Image.Image:
    return Image.open(io.BytesIO(photo_bytes(3, size=(64, 48)))).convert("RGB")


def _notes(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SECRET maker"
    exif.get_ifd(0x8825)[1] = "SECRET north"
    return exif


def _saved(kind: str, **how: object) -> bytes:
    file = io.BytesIO()
    _image().save(file, kind, **how)
    return file.getvalue()


def jpeg_with_notes(orientation: int = 6) -> bytes:
    """Return a JPEG with EXIF, a comment, XMP, a colour profile and something behind its end."""
    data = _saved(
        "JPEG", exif=_notes(orientation), comment=b"SECRET comment", quality=90,
        icc_profile=b"profile" * 20, progressive=True, xmp=b"<x>SECRET</x>",
    )  # fmt: skip
    return data + b"\xff\xd8SECRET second picture"


def _png(orientation: int) -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "SECRET")
    return _saved("PNG", exif=_notes(orientation), pnginfo=text) + b"SECRET"


def _webp(orientation: int) -> bytes:
    return _saved("WEBP", exif=_notes(orientation), lossless=True, xmp=b"<x>SECRET</x>")


def _orientation(data: bytes) -> int:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return int(image.getexif().get(0x0112, 1))


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
@pytest.mark.parametrize(
    ("make", "kind"), [(jpeg_with_notes, "JPEG"), (_png, "PNG"), (_webp, "WEBP")]
)
def test_notes_go_and_pixels_colours_and_orientation_stay(
    make: Callable[[int], bytes], kind: str, orientation: int
) -> None:
    data = make(orientation)
    assert b"SECRET" in data
    bare, found = without_notes(data)
    assert found == kind
    assert b"SECRET" not in bare
    assert len(bare) < len(data)
    assert _orientation(bare) == orientation
    assert np.array_equal(decode_bytes(bare), decode_bytes(data))
    assert without_notes(bare) == (bare, kind)
    with Image.open(io.BytesIO(bare)) as one, Image.open(io.BytesIO(data)) as other:
        assert one.info.get("icc_profile") == other.info.get("icc_profile")
        assert set(one.getexif()) <= {0x0112}


def test_a_jpeg_is_not_encoded_again() -> None:
    data = jpeg_with_notes()
    scan = data[data.index(b"\xff\xda") : data.index(b"\xff\xd9") + 2]
    assert scan in without_notes(data)[0]


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "AVIF"])
def test_other_formats_become_a_png_of_the_same_pixels(kind: str) -> None:
    data = _saved(kind)
    bare, found = without_notes(data)
    assert found == "PNG"
    assert np.array_equal(decode_bytes(bare), decode_bytes(data))


def test_a_bmp_stays_as_it_is() -> None:
    data = _saved("BMP")
    assert without_notes(data) == (data, "BMP")
