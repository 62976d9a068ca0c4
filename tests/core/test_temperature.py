"""How sure a model may sound."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from dragon_app.core.temperature import FEWEST, Probabilities, fit_temperature, tempered


def answers(*, said: float, right: float, n: int) -> tuple[Probabilities, NDArray[np.int64]]:
    """Return what a model says that is always as sure, and the truth, which it often is."""
    rows = np.tile(np.array([said, 1 - said], np.float32), (n, 1))
    return rows, (np.arange(n) >= round(right * n)).astype(np.int64)


@pytest.mark.parametrize(("said", "right"), [(0.95, 0.75), (0.6, 0.8)])
def test_confidence_moves_to_the_share_that_is_right(said: float, right: float) -> None:
    rows, targets = answers(said=said, right=right, n=2000)
    temperature = fit_temperature(rows, targets)
    assert (temperature > 1) == (said > right)
    assert tempered(rows, temperature)[0, 0] == pytest.approx(right, abs=0.01)


def test_photos_that_are_all_right_do_not_make_it_certain() -> None:
    rows, targets = answers(said=0.8, right=1.0, n=FEWEST)
    assert 0.8 < tempered(rows, fit_temperature(rows, targets))[0, 0] < 0.999


def test_few_photos_change_nothing() -> None:
    rows, targets = answers(said=0.99, right=0.5, n=FEWEST - 1)
    assert fit_temperature(rows, targets) == 1.0
    assert tempered(rows, 1.0) is rows


def test_certainty_and_impossibility_stay_numbers_in_their_order() -> None:
    rows = np.array([[1.0, 0.0, 0.0], [0.2, 0.5, 0.3]], np.float32)
    found = tempered(rows, 3.0)
    assert found.argmax(axis=1).tolist() == [0, 1]
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)
    assert tempered(np.empty((0, 3), np.float32), 3.0).shape == (0, 3)
    assert math.isfinite(fit_temperature(np.tile(rows[:1], (30, 1)), np.ones(30, np.int64)))
