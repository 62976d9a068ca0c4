"""What is unlike anything that was learned from."""

import numpy as np
import pytest
from numpy.typing import NDArray

from dragon_app.core.novelty import FEWEST, Novelty, fit_novelty
from dragon_app.core.vectors import Floats

WIDTH = 12


def around(middle: int, n: int, seed: int) -> Floats:
    """Return vectors (n, D) around a place of its own on one axis."""
    rows = np.random.default_rng(seed).normal(0, 1, (n, WIDTH)).astype(np.float32)
    rows[:, middle] += 8
    return rows


@pytest.fixture(scope="module")
def novelty() -> Novelty:
    """Two classes, around the first two axes."""
    rows = np.concatenate([around(0, 80, 0), around(1, 80, 1)])
    targets: NDArray[np.int64] = np.repeat([0, 1], 80)
    held_out = np.concatenate([around(0, 50, 2), around(1, 50, 3)])
    found = fit_novelty(rows, targets, held_out=held_out)
    assert found is not None
    return found


def test_a_third_class_is_stranger_than_nearly_all_that_was_held_out(novelty: Novelty) -> None:
    limit = np.quantile(novelty.usual, 0.95)
    assert novelty.strangeness(around(2, 60, 4)).min() > limit


def test_photos_of_a_known_class_are_as_strange_as_those_held_out(novelty: Novelty) -> None:
    strange = novelty.strangeness(around(1, 400, 5))
    assert (strange > np.median(novelty.usual)).mean() == pytest.approx(0.5, abs=0.15)


def test_too_few_held_out_say_nothing_about_what_is_usual() -> None:
    rows, targets = around(0, 10, 0), np.zeros(10, np.int64)
    assert fit_novelty(rows, targets, held_out=around(0, FEWEST - 1, 1)) is None


def test_vectors_without_any_spread_stay_numbers() -> None:
    rows = np.ones((30, WIDTH), np.float32)
    found = fit_novelty(rows, np.zeros(30, np.int64), held_out=rows)
    assert found is not None
    assert np.isfinite(found.strangeness(rows + 1)).all()
