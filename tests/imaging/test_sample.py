"""The drawn samples are repeatable, named, and different from one another."""

import hashlib
import io
from itertools import product

import numpy as np
import pytest
from PIL import Image

from dragon_app.core.near import NearIndex
from dragon_app.imaging.hashing import perceptual_hash
from dragon_app.imaging.icon import icon
from dragon_app.imaging.sample import SAMPLES, sample_picture


@pytest.mark.parametrize("key", SAMPLES)
def test_the_same_numbers_draw_the_same_picture(key: str) -> None:
    first, again = SAMPLES[key].draw(1, 7), SAMPLES[key].draw(1, 7)
    assert np.array_equal(first, again)


@pytest.mark.parametrize("key", SAMPLES)
def test_pictures_are_photo_sized(key: str) -> None:
    for number in range(1, 6):
        pixels = SAMPLES[key].draw(0, number)
        assert pixels.dtype == np.uint8
        assert 320 <= max(pixels.shape[:2]) <= 400


def test_pictures_are_named_after_their_class() -> None:
    knight = sample_picture(SAMPLES["knights"], 1, 1)
    assert (knight.name, knight.class_name) == ("lancelot-01.jpg", "Lancelot")
    assert sample_picture(SAMPLES["dragons"], 1, 1).name == "no-dragon-01.jpg"


@pytest.mark.parametrize("key", SAMPLES)
def test_no_two_drawn_pictures_look_alike(key: str) -> None:
    sample, index, digests = SAMPLES[key], NearIndex(), set()
    places = product(range(len(sample.class_names)), range(1, sample.per_class + 1))
    for number, place in enumerate(places):
        picture = sample_picture(sample, *place)
        with Image.open(io.BytesIO(picture.data)) as image:
            found = perceptual_hash(np.asarray(image))
        assert found is not None
        assert index.near(found) == (), picture.name
        index.add(number, found)
        digests.add(hashlib.sha256(picture.data).digest())
    assert len(digests) == len(sample.class_names) * sample.per_class


@pytest.mark.parametrize("size_px", [32, 192, 512])
def test_the_icon_is_a_square_png(size_px: int) -> None:
    with Image.open(io.BytesIO(icon(size_px))) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGBA", (size_px, size_px))
