"""The yardstick's mathematics: a linear classifier on frozen features. Knows no photo, no network.

Features are standardised by the training photos; the strength of L2 comes from 5 folds of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

FOLDS = 5
# From strong to weak, per photo; a fit starts where the stronger one ended.
STRENGTHS = (10.0, 3.0, 1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001)
STEPS = 60  # of L-BFGS; strong penalties end long before
FAINTEST = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One seed's result: accuracy on the validation photos, the strength that the folds chose."""

    accuracy: float
    strength: float
    fold_accuracy: float  # mean over the folds, at that strength


def probe(train: Tensor, targets: Tensor, val: Tensor, val_targets: Tensor, *, seed: int) -> Probe:
    """Fit on features (N, D) with classes (N,), the strength of L2 by folds; score `val` (M, D)."""
    strength, fold_accuracy = choose_strength(train, targets, seed=seed)
    fit_until = STRENGTHS[: STRENGTHS.index(strength) + 1]
    path = fit_path(train, targets, val, strengths=fit_until)
    hits = (path[-1].argmax(1) == val_targets).double().mean()
    return Probe(accuracy=float(hits), strength=strength, fold_accuracy=fold_accuracy)


def choose_strength(features: Tensor, targets: Tensor, *, seed: int) -> tuple[float, float]:
    """Return the strength with the best mean accuracy over 5 stratified folds, and that mean."""
    fold_of = folds(targets, seed=seed)
    hits = torch.zeros(len(STRENGTHS), dtype=torch.float64)
    for fold in range(FOLDS):
        inside, outside = fold_of != fold, fold_of == fold
        path = fit_path(features[inside], targets[inside], features[outside], strengths=STRENGTHS)
        for place, scores in enumerate(path):
            hits[place] += (scores.argmax(1) == targets[outside]).sum()
    best = int(hits.argmax())  # the first, so the stronger one on a tie
    return STRENGTHS[best], float(hits[best]) / len(targets)


def folds(targets: Tensor, *, seed: int) -> Tensor:
    """Return a fold number (N,) for each photo; every class is spread evenly over the folds."""
    generator = torch.Generator().manual_seed(seed)
    fold_of = torch.empty_like(targets)
    for target in sorted(set(targets.tolist())):
        members = (targets == target).nonzero()[:, 0]
        order = torch.randperm(len(members), generator=generator)
        fold_of[members[order]] = torch.arange(len(members)) % FOLDS
    return fold_of


def fit_path(
    features: Tensor, targets: Tensor, unseen: Tensor, *, strengths: Sequence[float]
) -> list[Tensor]:
    """Return scores (M, C) of unseen features (M, D) for each strength of L2, strong to weak."""
    mean, scale = features.mean(0), features.std(0).clamp(min=FAINTEST)
    inputs = ((features - mean) / scale).double()  # (N, D)
    others = ((unseen - mean) / scale).double()  # (M, D)
    classes = int(targets.max()) + 1
    weight = torch.zeros(inputs.shape[1], classes, dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(classes, dtype=torch.float64, requires_grad=True)
    path = []
    for strength in strengths:
        _fit(weight, bias, inputs, targets, strength=strength)
        path.append((others @ weight + bias).detach())
    return path


def _fit(weight: Tensor, bias: Tensor, inputs: Tensor, targets: Tensor, *, strength: float) -> None:
    """Move weight and bias to the minimum of cross-entropy + strength / 2 |weight|^2."""
    rule = torch.optim.LBFGS(
        [weight, bias],
        max_iter=STEPS,
        history_size=10,
        line_search_fn="strong_wolfe",
        tolerance_grad=1e-5,
        tolerance_change=1e-8,
    )

    def loss() -> Tensor:
        rule.zero_grad()
        value = functional.cross_entropy(inputs @ weight + bias, targets)
        value = value + strength / 2 * weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    rule.step(loss)  # type: ignore[no-untyped-call]
