import numpy as np
from PIL import Image, ImageFilter

from dragon_app.imaging.decode import decode_bytes
from dragon_app.imaging.sharpness import sharpness
from tests.photos import photo_bytes


def test_the_more_a_photo_is_blurred_the_less_sharp_it_is() -> None:
    photo = Image.fromarray(decode_bytes(photo_bytes(1, size=(320, 240))))
    blurs = [photo.filter(ImageFilter.GaussianBlur(radius)) for radius in (0, 1, 3)]
    found = [sharpness(np.asarray(each)) for each in blurs]
    assert found[0] > found[1] > found[2] > 0


def test_one_colour_and_a_photo_of_a_line_are_not_sharp() -> None:
    assert sharpness(np.full((40, 40, 3), 9, np.uint8)) == 0
    assert sharpness(np.zeros((1, 40, 3), np.uint8)) == 0
