"""Thumbnails are small WebP pictures of the same shape."""

import io

import numpy as np
import pytest
from PIL import Image

from dragon_app.imaging.thumbnails import thumbnail


@pytest.mark.parametrize(
    ("shape", "size"), [((400, 600), (256, 171)), ((600, 400), (171, 256)), ((40, 60), (60, 40))]
)
def test_the_longer_side_is_at_most_what_is_asked(
    shape: tuple[int, int], size: tuple[int, int]
) -> None:
    with Image.open(io.BytesIO(thumbnail(np.zeros((*shape, 3), np.uint8)))) as image:
        assert (image.format, image.size) == ("WEBP", size)


def test_a_very_long_photo_still_has_a_thumbnail() -> None:
    with Image.open(io.BytesIO(thumbnail(np.zeros((1, 5000, 3), np.uint8)))) as image:
        assert image.size == (256, 1)
