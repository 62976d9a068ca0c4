"""What a network reads of a photo."""

import numpy as np
import torch

from dragon_app.vision.transforms import EvalTransform, compact, eval_view, normalised

SEEN = EvalTransform(resize_px=40, crop_px=32)


def test_the_shorter_side_of_a_compact_photo_is_the_resize() -> None:
    assert compact(np.zeros((100, 150, 3), np.uint8), SEEN).shape == (3, 40, 60)
    assert compact(np.zeros((20, 10, 3), np.uint8), SEEN).shape == (3, 80, 40)


def test_of_a_very_long_photo_the_middle_is_kept() -> None:
    photo = np.zeros((10, 5000, 3), np.uint8)
    photo[:, 2490:2510] = 255
    small = compact(photo, SEEN)
    assert small.shape == (3, 40, 120)
    assert small[:, 20, 60].tolist() == [255, 255, 255]


def test_a_view_is_the_middle_square() -> None:
    photo = torch.zeros(3, 40, 60, dtype=torch.uint8)
    photo[:, 4:36, 14:46] = 7
    assert eval_view(photo, SEEN).eq(7).all()
    assert eval_view(photo, SEEN).shape == (3, 32, 32)


def test_colours_are_normalised_by_mean_and_spread() -> None:
    seen = EvalTransform(resize_px=2, crop_px=2, mean=(0.5, 0.5, 0.5), std=(0.5, 0.25, 1.0))
    white = torch.full((3, 2, 2), 255, dtype=torch.uint8)
    batch = normalised([white], seen, torch.device("cpu"))
    assert batch[0, :, 0, 0].tolist() == [1.0, 2.0, 0.5]


def test_another_size_shows_the_same_share_of_the_photo() -> None:
    assert EvalTransform(resize_px=256, crop_px=224).resized(112).resize_px == 128
