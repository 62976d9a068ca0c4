import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dragon_app.core.heat import HeatMap, HeatMethod, scaled, seen_share
from dragon_app.imaging.heat import overlaid, spread, veil


def heat(*, seen: tuple[float, float] = (1.0, 1.0)) -> HeatMap:
    """Warm at the right edge."""
    values = np.zeros((4, 4), np.float32)
    values[:, 3] = 1
    return HeatMap(values=values, seen=seen, method=HeatMethod.OCCLUSION)


def opened(data: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(data)))


def test_the_map_lies_over_what_was_seen_in_the_middle() -> None:
    whole = spread(heat(seen=seen_share(200, 100, view=1.0)), width_px=200, height_px=100)
    assert whole.shape == (100, 200)
    assert (whole[:, :50] == -1).all()
    assert (whole[:, 150:] == -1).all()
    assert (whole[50, 60], whole[50, 148]) == (0, 1)


def test_a_veil_has_the_shape_of_the_photo_and_warms_what_spoke() -> None:
    pixels = opened(veil(heat(), width_px=4000, height_px=2000))
    assert pixels.shape == (192, 384, 4)
    cold, warm = pixels[96, 10], pixels[96, 380]
    assert int(warm[:3].sum()) > int(cold[:3].sum())
    assert cold[3] > 100


def test_a_photo_under_its_map_is_dark_where_it_is_cold() -> None:
    pixels = opened(overlaid(np.full((60, 80, 3), 200, np.uint8), heat())).astype(int)
    assert pixels.shape == (60, 80, 3)
    assert pixels[30, 5].sum() < 300 < pixels[30, 75].sum()


def test_photos_of_one_pixel_and_very_long_ones_have_a_veil() -> None:
    assert opened(veil(heat(), width_px=1, height_px=1)).shape == (1, 1, 4)
    long = heat(seen=seen_share(20000, 50, view=0.9))
    assert opened(veil(long, width_px=20000, height_px=50)).shape == (1, 384, 4)


def test_a_map_is_scaled_to_its_warmest_place() -> None:
    assert scaled(np.array([[-2, 1], [0, 4]], np.float32)).tolist() == [[0, 0.25], [0, 1]]
    assert not scaled(np.array([[-2, -1]], np.float32)).any()
