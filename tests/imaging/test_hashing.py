"""Digests tell bytes apart; perceptual hashes tell pictures apart."""

import io

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from dragon_app.core.near import NEAR_DISTANCE
from dragon_app.core.ports import Pixels
from dragon_app.imaging.hashing import perceptual_hash
from dragon_app.imaging.sample import SAMPLES


def distance(first: Pixels, second: Pixels) -> int:
    hashes = perceptual_hash(first), perceptual_hash(second)
    assert hashes[0] is not None
    assert hashes[1] is not None
    return (int(hashes[0], 16) ^ int(hashes[1], 16)).bit_count()


def test_a_hash_has_32_hex_digits() -> None:
    found = perceptual_hash(SAMPLES["dragons"].draw(0, 1))
    assert found is not None
    assert len(found) == 32
    int(found, 16)


@pytest.mark.parametrize("colour", ["white", "black", (120, 40, 40)])
def test_a_plain_picture_has_no_hash(colour: str | tuple[int, int, int]) -> None:
    image = Image.new("RGB", (64, 64), colour)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=30)
    assert perceptual_hash(np.asarray(Image.open(file))) is None


@pytest.mark.parametrize("change", ["quality", "half", "brighter", "cropped"])
@pytest.mark.parametrize("key", ["knights", "dragons"])
def test_a_changed_copy_is_near(change: str, key: str) -> None:
    for number in range(1, 4):
        pixels = SAMPLES[key].draw(0, number)
        image = Image.fromarray(pixels)
        width, height = image.size
        if change == "quality":
            file = io.BytesIO()
            image.save(file, "JPEG", quality=60)
            image = Image.open(file)
        elif change == "half":
            image = image.resize((width // 2, height // 2))
        elif change == "brighter":
            image = ImageEnhance.Brightness(image).enhance(1.05)
        else:
            image = image.crop((3, 3, width - 3, height - 3))
        assert distance(pixels, np.asarray(image)) <= NEAR_DISTANCE
