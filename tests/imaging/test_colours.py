"""Every kind of colour becomes the RGB that a person would see."""

import io

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from dragon_app.imaging.decode import decode_bytes


def decoded(image: Image.Image, form: str = "PNG", **options: object) -> NDArray[np.uint8]:
    file = io.BytesIO()
    image.save(file, form, **options)
    return decode_bytes(file.getvalue())


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_plain_modes_keep_black_and_white(mode: str) -> None:
    image = Image.new("RGB", (20, 20), "white")
    image.paste("black", (0, 0, 10, 20))
    pixels = decoded(image.convert(mode))
    assert pixels[5, 5].tolist() == [0, 0, 0]
    assert pixels[5, 15].tolist() == [255, 255, 255]


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_clear_is_shown_on_white(mode: str) -> None:
    image = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 10, 20))
    pixels = decoded(image.convert(mode))
    assert pixels[5, 5].tolist() == [0, 0, 0]
    assert pixels[5, 15].tolist() == [255, 255, 255]


def test_half_clear_is_mixed_with_white() -> None:
    pixels = decoded(Image.new("RGBA", (4, 4), (0, 0, 0, 128)))
    assert pixels[0, 0].tolist() == pytest.approx([127, 127, 127], abs=1)


def test_the_clear_colour_of_a_palette_is_white() -> None:
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 200, 0, 0])
    assert decoded(image, transparency=1)[0, 0].tolist() == [255, 255, 255]
    assert decoded(image, transparency=bytes([255, 0]))[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize("form", ["JPEG", "TIFF"])
def test_printers_colours_are_not_inverted(form: str) -> None:
    image = Image.new("RGB", (16, 16), (200, 40, 40)).convert("CMYK")
    assert decoded(image, form)[8, 8].tolist() == pytest.approx([200, 40, 40], abs=6)


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_16_bit_greys_are_scaled_and_not_clipped(form: str) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(8, axis=0)
    grey = decoded(Image.fromarray(ramp), form)[4, :, 0]
    assert np.abs(grey - np.arange(256.0)).max() <= 1


def test_12_bit_greys_in_16_bit_files_are_not_dark() -> None:
    ramp = np.linspace(0, 4095, 256).astype(np.uint16)[None].repeat(8, axis=0)
    assert decoded(Image.fromarray(ramp), "TIFF")[4, -1].tolist() == [255, 255, 255]


def test_32_bit_greys_are_scaled_by_their_range() -> None:
    ramp = np.linspace(-70_000, 70_000, 256).astype(np.int32)[None].repeat(8, axis=0)
    grey = decoded(Image.fromarray(ramp), "TIFF")[4, :, 0]
    assert np.abs(grey - np.arange(256.0)).max() <= 1


def test_fractions_count_as_shares_of_white() -> None:
    image = Image.fromarray(np.full((8, 8), 0.5, np.float32))
    assert decoded(image, "TIFF")[4, 4].tolist() == pytest.approx([127, 127, 127], abs=1)


def test_floats_that_are_no_numbers_are_black() -> None:
    values = np.array([[np.nan, np.inf, 0.0, 1.0]], np.float32)
    assert decoded(Image.fromarray(values), "TIFF")[0, :, 0].tolist() == [0, 0, 0, 255]
