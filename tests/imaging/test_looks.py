import numpy as np
from PIL import Image, ImageFilter

from dragon_app.core.looks import BLURRED, DARK, EVEN
from dragon_app.core.ports import Pixels
from dragon_app.imaging.knights import draw_knight
from dragon_app.imaging.looks import SIDE_PX, look_of


def test_a_look_tells_light_spread_and_edges() -> None:
    pixels = draw_knight(0, 1)
    light, spread, edges = look_of(pixels)
    assert light > DARK
    assert spread > EVEN
    assert edges > BLURRED
    assert look_of((pixels * 0.1).astype(np.uint8))[0] < DARK
    assert look_of(np.full_like(pixels, 90))[1] < EVEN
    assert look_of(blurred(pixels))[2] < BLURRED


def test_a_look_hardly_depends_on_size_or_light() -> None:
    pixels = draw_knight(1, 1)
    half = Image.fromarray(pixels).resize((pixels.shape[1] * 2, pixels.shape[0] * 2))
    np.testing.assert_allclose(look_of(np.asarray(half)), look_of(pixels), rtol=0.2)
    dimmed = look_of((pixels * 0.6).astype(np.uint8))
    np.testing.assert_allclose(dimmed[2], look_of(pixels)[2], rtol=0.1)


def test_a_photo_of_one_pixel_has_a_look() -> None:
    assert look_of(np.zeros((1, 1, 3), np.uint8)).tolist() == [0, 0, 0]


def blurred(pixels: Pixels) -> Pixels:
    image = Image.fromarray(pixels)
    return np.asarray(image.filter(ImageFilter.GaussianBlur(max(image.size) / SIDE_PX * 4)))
