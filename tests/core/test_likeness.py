"""Which photos a photo is like."""

import numpy as np

from dragon_app.core.likeness import fit_likeness


def test_the_nearest_come_first_and_length_does_not_matter() -> None:
    likeness = fit_likeness(np.array([[1, 0], [0, 1], [-1, 0], [0, -1]], np.float32))
    found = likeness.nearest(np.array([[3, 1], [0.1, -0.3]], np.float32), 2)
    assert found.tolist() == [[0, 1], [3, 0]]


def test_fewer_photos_than_wanted_are_all_named() -> None:
    likeness = fit_likeness(np.array([[1, 0], [1, 1]], np.float32))
    assert likeness.nearest(np.array([[9, 0]], np.float32), 5).tolist() == [[0, 1]]


def test_photos_that_are_all_alike_give_numbers() -> None:
    likeness = fit_likeness(np.ones((3, 4), np.float32))
    assert np.isfinite(likeness.cosines(np.zeros((1, 4), np.float32))).all()
