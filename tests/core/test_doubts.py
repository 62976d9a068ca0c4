import numpy as np

from dragon_app.core.doubts import doubts, rivals, self_confidence

LIKELY = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6], [0.4, 0.4, 0.2]], np.float32)
LABELS = np.array([0, 1, 1])


def test_a_rival_is_the_likeliest_class_beside_the_label() -> None:
    assert rivals(LIKELY, LABELS).tolist() == [1, 2, 0]
    np.testing.assert_allclose(self_confidence(LIKELY, LABELS), [0.7, 0.3, 0.4])


def test_doubt_weighs_the_label_against_its_rival_alone() -> None:
    np.testing.assert_allclose(doubts(LIKELY, LABELS), [2 / 9, 2 / 3, 0.5], rtol=1e-6)


def test_labels_that_are_all_but_ruled_out_keep_an_order() -> None:
    likely = np.array([[1e-6, 1], [1e-5, 1], [0, 1]], np.float32)
    assert np.argsort(-doubts(likely, np.zeros(3, np.int64))).tolist() == [2, 0, 1]


def test_where_nothing_is_likely_nothing_is_doubted() -> None:
    assert doubts(np.zeros((1, 2), np.float32), np.array([0])).tolist() == [0]
