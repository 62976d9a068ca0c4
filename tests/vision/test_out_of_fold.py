"""Heads asked about rows that they did not learn from."""

import numpy as np
import pytest

from dragon_app.core.errors import TrainingError
from dragon_app.core.vectors import Floats, Ids
from dragon_app.vision.out_of_fold import out_of_fold

CLASSES = 3


def made(count: int = 90, *, apart: float = 3.0) -> tuple[Floats, Ids]:
    """Return rows (N, 8) around one middle for each class, and their classes."""
    random = np.random.default_rng(0)
    targets = np.arange(count) % CLASSES
    middles = apart * np.eye(CLASSES, 8)
    return (middles[targets] + random.normal(0, 1, (count, 8))).astype(np.float32), targets


def ask(rows: Floats, targets: Ids, groups: Ids | None = None) -> Floats:
    groups = np.arange(len(rows)) if groups is None else groups
    return out_of_fold(rows, targets, groups, classes=CLASSES, should_stop=lambda: False)


def test_a_wrong_label_does_not_vouch_for_itself() -> None:
    rows, targets = made()
    targets[0] = 1
    likely = ask(rows, targets)
    np.testing.assert_allclose(likely.sum(1), 1, atol=1e-5)
    assert likely[0].argmax() == 0
    np.testing.assert_array_equal(ask(rows, targets), likely)


def test_copies_of_a_photo_do_not_vouch_for_one_another() -> None:
    rows, targets = made()
    rows[:4], targets[:4] = rows[0], 1  # four copies of one photo with the wrong class
    groups = np.arange(len(rows))
    groups[:4] = 0
    assert ask(rows, targets, groups)[0, 1] < ask(rows, targets)[0, 1] / 2


def test_what_is_never_held_out_is_not_known() -> None:
    rows, targets = made()
    targets[targets == 2] = 0
    targets[5] = 2
    unknown = np.isnan(ask(rows, targets)).all(1)
    assert np.flatnonzero(unknown).tolist() == [5]


def test_it_stops_when_asked() -> None:
    rows, targets = made()
    with pytest.raises(TrainingError, match="was stopped"):
        out_of_fold(rows, targets, targets, classes=CLASSES, should_stop=lambda: True)
