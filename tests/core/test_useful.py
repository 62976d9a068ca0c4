import numpy as np

from dragon_app.core.useful import doubt, most_useful
from dragon_app.core.vectors import Ids, Vectors

NONE: Ids = np.empty(0, np.int64)


def clusters(*, each: int = 20) -> Vectors:
    """Return four far clusters of photos, one after the other."""
    random = np.random.default_rng(0)
    middles = np.repeat(np.array([[0, 0], [9, 0], [0, 9], [9, 9]]), each, axis=0)
    rows = (middles + random.normal(0, 0.3, middles.shape)).astype(np.float32)
    return Vectors(ids=np.arange(len(rows)), rows=rows, squares=np.square(rows).sum(1))


def test_before_any_label_the_first_photos_are_one_of_each_kind() -> None:
    vectors = clusters()
    order = most_useful(vectors, vectors.ids, NONE, None)
    assert sorted(order) == vectors.ids.tolist()
    assert set(order[1:5] // 20) == {0, 1, 2, 3} or set(order[:4] // 20) == {0, 1, 2, 3}


def test_what_is_labelled_is_not_asked_about_in_other_photos() -> None:
    vectors = clusters()
    order = most_useful(vectors, np.arange(20, 80), np.array([0, 1]), None)
    assert set(order[:3]) <= set(range(60))
    assert set((order[:3] + 20) // 20) == {1, 2, 3}


def test_among_alike_photos_the_doubtful_one_comes_first() -> None:
    vectors = clusters()
    likely = np.tile(np.array([[0.98, 0.02]], np.float32), (80, 1))
    likely[45] = [0.5, 0.5]
    assert most_useful(vectors, vectors.ids, np.array([0, 25, 65]), likely)[0] == 45


def test_doubt_is_how_little_the_first_class_leads() -> None:
    found = doubt(np.array([[0.5, 0.5, 0], [0.7, 0.2, 0.1]], np.float32))
    np.testing.assert_allclose(found, [1, 0.5], rtol=1e-6)
