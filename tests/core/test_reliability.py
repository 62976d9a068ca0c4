import numpy as np
import pytest

from dragon_app.core.reliability import reliability


def test_photos_are_sorted_by_how_sure_the_model_was() -> None:
    confidences = np.array([0.55, 0.58, 0.95, 1.0, 0.97], np.float32)
    hits = np.array([True, False, True, True, False])
    found = reliability(confidences, hits)
    assert [(each.low, each.high, each.n) for each in found.bins] == [(0.5, 0.6, 2), (0.9, 1.0, 3)]
    assert found.bins[0].right == 0.5
    assert found.bins[1].confidence == pytest.approx(2.92 / 3)
    assert found.n == 5
    assert found.right == pytest.approx(0.6)
    error = 2 / 5 * (0.565 - 0.5) + 3 / 5 * (2.92 / 3 - 2 / 3)
    assert found.error == pytest.approx(error, abs=1e-6)


def test_a_model_that_is_as_often_right_as_it_says_has_no_error() -> None:
    confidences = np.full(4, 0.75, np.float32)
    assert reliability(confidences, np.array([True, True, True, False])).error == 0


def test_no_photos_have_no_bins() -> None:
    found = reliability(np.empty(0, np.float32), np.empty(0, bool))
    assert (found.bins, found.n, found.error) == ((), 0, 0.0)
