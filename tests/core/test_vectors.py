from collections.abc import Sequence

import numpy as np

from dragon_app.core.vectors import DraftHead, Vectors


def vectors(of: Sequence[Sequence[float]]) -> Vectors:
    rows = np.array(of, np.float32)
    return Vectors(ids=3 * np.arange(len(rows)) + 1, rows=rows, squares=np.square(rows).sum(1))


def test_the_photo_itself_comes_first_and_then_by_distance() -> None:
    found = vectors([[8.0, 7.0], [7.0, 8.0], [0.0, 0.0], [8.0, 7.0], [8.5, 7.0]])
    assert found.nearest(3).tolist() == [10, 1, 13, 4, 7]
    assert found.nearest(2)[0] == 7


def test_photos_without_a_vector_have_no_place() -> None:
    found = vectors([[1, 1]] * 3)
    assert found.places(np.array([4, 5, 7, 900])).tolist() == [1, -1, 2, -1]


def test_probabilities_add_up_to_one_and_large_scores_do_not_overflow() -> None:
    weight = np.array([[1e4, 0], [0, 1e4]], np.float32)
    head = DraftHead(weight=weight, bias=np.zeros(2, np.float32), strength=1.0, labels=2)
    found = head.probabilities(np.array([[1, 0], [0.5, 0.5]], np.float32))
    assert found.tolist() == [[1, 0], [0.5, 0.5]]
