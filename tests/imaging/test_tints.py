import numpy as np
import pytest

from dragon_app.imaging.knights import draw_knight
from dragon_app.imaging.tints import tint_of


def test_a_tint_tells_light_colour_and_border() -> None:
    pixels = np.full((60, 80, 3), 128, np.uint8)
    pixels[:4] = pixels[-4:] = (255, 0, 0)
    pixels[:, :4] = pixels[:, -4:] = (255, 0, 0)
    light, saturation, red, green, blue, unevenness = tint_of(pixels)
    assert light == pytest.approx(128 / 255, abs=1e-3)
    assert saturation == pytest.approx(0, abs=1e-3)
    np.testing.assert_allclose([red, green, blue, unevenness], [1, 0, 0, 0], atol=1e-3)


def test_a_tint_hardly_depends_on_the_size() -> None:
    pixels = draw_knight(0, 1)
    np.testing.assert_allclose(tint_of(pixels[::2, ::2]), tint_of(pixels), atol=0.05)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 5000)])
def test_the_smallest_photos_have_a_tint(size: tuple[int, int]) -> None:
    assert np.isfinite(tint_of(np.zeros((*size, 3), np.uint8))).all()
