"""The yardstick's mathematics: a linear classifier on frozen features. Knows no photo, no network.

Every feature is standardised by the training photos; the app's own solver does the rest, the
strength of L2 chosen by folds of them.
"""

from dataclasses import dataclass

from torch import Tensor

from dragon_app.vision.linear_head import Examples, fit

FAINTEST = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One seed's result: accuracy on the validation photos, the strength that the folds chose."""

    accuracy: float
    strength: float
    fold_accuracy: float  # over the folds, at that strength


def probe(train: Tensor, targets: Tensor, val: Tensor, val_targets: Tensor, *, seed: int) -> Probe:
    """Fit on features (N, D) with classes (N,), the strength of L2 by folds; score `val` (M, D)."""
    mean, scale = train.mean(0), train.std(0).clamp(min=FAINTEST)
    inputs = (train - mean) / scale
    classes = int(targets.max()) + 1
    head = fit(Examples(features=inputs, targets=targets, classes=classes), seed=seed)
    hits = (head.scores((val - mean) / scale).argmax(1) == val_targets).double().mean()
    return Probe(
        accuracy=float(hits), strength=head.strength, fold_accuracy=head.fold_accuracy or 0.0
    )
