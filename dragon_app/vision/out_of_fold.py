"""What last layers say of photos that they did not learn from: each is held out in turn."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from dragon_app.core.errors import TrainingError
from dragon_app.core.ports import ShouldStop
from dragon_app.core.vectors import Floats
from dragon_app.vision.linear_head import FOLDS, Examples, LinearHead, fit, folds
from dragon_app.vision.observer import StoppedError

PARTITIONS = 3  # into folds: their answers are averaged, which chance sways less
MOST = 20_000  # photos that a layer learns from: a random part of more
MOST_TO_CHOOSE = 5_000  # that the strength of L2 is chosen on


def out_of_fold(
    rows: Floats,
    targets: NDArray[np.int64],
    groups: NDArray[np.int64],
    *,
    classes: int,
    should_stop: ShouldStop,
) -> Floats:
    """Return probabilities (N, C) for vectors (N, D); photos of one group share a fold.

    No numbers for the photos of a class that has one group alone: they are never held out. The
    same on each call. Raise `TrainingError` when asked to stop.
    """
    features, labels = torch.from_numpy(rows), torch.from_numpy(targets)
    group_of = torch.from_numpy(groups)

    def head(indices: Tensor, strength: float | None) -> LinearHead:
        some = Examples(
            features=features[indices],
            targets=labels[indices],
            classes=classes,
            groups=group_of[indices],
        )
        return fit(some, strength=strength, should_stop=should_stop)

    likely = torch.zeros(len(rows), classes)
    try:
        everyone = torch.arange(len(rows))
        strength = head(_some(everyone, MOST_TO_CHOOSE, seed=0), None).strength
        for seed in range(PARTITIONS):
            fold_of = folds(labels, seed=seed, groups=group_of)  # (N,)
            for fold in range(FOLDS):
                inside = _some((fold_of != fold).nonzero()[:, 0], MOST, seed=seed)
                outside = (fold_of == fold).nonzero()[:, 0]
                scores = head(inside, strength).scores(features[outside])
                likely[outside] += scores.softmax(1) / PARTITIONS
            likely[fold_of < 0] = torch.nan
    except StoppedError as error:
        raise TrainingError("Looking for wrong labels was stopped.") from error
    return np.asarray(likely.numpy(), np.float32)


def _some(indices: Tensor, most: int, *, seed: int) -> Tensor:
    """Return at most so many of the indices, chosen by the seed."""
    if len(indices) <= most:
        return indices
    generator = torch.Generator().manual_seed(seed)
    return indices[torch.randperm(len(indices), generator=generator)[:most]]
