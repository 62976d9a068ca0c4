import numpy as np

from dragon_app.core.looks import too_blurred, too_dark, too_even

USUAL = [[0.9, 0.2, 0.4 + i / 100] for i in range(30)]


def test_dark_and_even_photos_are_told_apart() -> None:
    looks = np.array([[0.1, 0.05, 0.4], [0.9, 0.2, 0.4], [0.1, 0.001, 0.0]], np.float32)
    assert too_dark(looks).tolist() == [True, False, False]
    assert too_even(looks).tolist() == [False, False, True]


def test_blurred_is_what_is_far_softer_than_the_others() -> None:
    looks = np.array([*USUAL, [0.9, 0.2, 0.02]], np.float32)
    assert np.flatnonzero(too_blurred(looks)).tolist() == [30]


def test_where_all_are_soft_none_stands_out() -> None:
    looks = np.array(USUAL, np.float32) * np.array([1, 1, 0.1], np.float32)
    assert not too_blurred(looks).any()
    assert not too_blurred(looks[:5]).any()  # too few to say what is usual
