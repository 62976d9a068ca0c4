"""The best last layer, computed: logistic regression on feature vectors. Knows no network.

Minimises mean cross-entropy + strength / 2 |weight|^2, which has one minimum. All folds are solved
together, as columns of the same products, along a path of strengths from strong to weak.
`logistic` finds the minimum; here is what is asked of it, and what its answers mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from dragon_app.core.ports import ShouldStop
from dragon_app.vision.backbone import SMALLEST_SCALE
from dragon_app.vision.logistic import Problem, blocks

FOLDS = 5
ROWS_BYTES = 2**28  # of rows in float32; more are kept in half precision
STRENGTHS = tuple(10 ** (0.5 - half / 2) for half in range(14))  # strong to weak
USUAL_STRENGTH = 0.3  # where no class has two photos, nothing can be measured
STRONGER = 4  # times the strength of an earlier solution: where the search near it begins
FOLD_GAP, FINAL_GAP = 1e-4, 1e-6  # nats that a solution may lie above the minimum, about


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """Feature vectors and their classes; those of one group, views of one photo, share a fold."""

    features: Tensor  # (N, D), float32 or float16
    targets: Tensor  # (N,)
    classes: int
    weights: Tensor | None = None  # (N,); None: all count alike
    groups: Tensor | None = None  # (N,)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearHead:
    """A last layer for features: centred, brought to one scale, weighed.

    `fold_accuracy` belongs to photos that the folds did not learn from; None when not measured.
    """

    weight: Tensor  # (C, D)
    bias: Tensor  # (C,)
    mean: Tensor  # (D,)
    scale: Tensor  # a single number
    strength: float
    fold_accuracy: float | None

    def scores(self, features: Tensor) -> Tensor:
        """Return class scores (N, C) for features (N, D)."""
        weight = self.weight / self.scale
        bias = self.bias - weight @ self.mean
        parts = (features[part].float() for part in blocks(len(features), features.shape[1]))
        return torch.cat([torch.addmm(bias, part, weight.T) for part in parts])


def fit(
    examples: Examples,
    *,
    strength: float | None = None,
    start: LinearHead | None = None,
    seed: int = 0,
    should_stop: ShouldStop = lambda: False,
) -> LinearHead:
    """Return the best last layer; the same on each call.

    Without a strength of L2 the folds choose it: the least cross-entropy out of fold. A solution
    of nearly the same examples is a good `start`. Raise `StoppedError` when asked to stop.
    """
    turned = _turned(examples)
    problem = turned.problem
    begun = problem.zeros() if start is None else turned.begun_at(start)
    fold_accuracy = None
    if strength is None:
        fold_of = folds(examples.targets, seed=seed, groups=examples.groups)
        if (fold_of < 0).all():
            strength = USUAL_STRENGTH
        else:
            near = STRENGTHS[0] if start is None else start.strength * STRONGER
            path = [each for each in STRENGTHS if each <= near] or STRENGTHS[-1:]
            strength, fold_accuracy, begun = _choose(
                problem, path, begun, fold_of=fold_of, should_stop=should_stop
            )
    solution = problem.solve(begun, strength, FINAL_GAP, should_stop)
    return turned.head(solution, strength, fold_accuracy)


def refit(
    examples: Examples, start: LinearHead, *, gap: float, should_stop: ShouldStop = lambda: False
) -> LinearHead:
    """Return the last layer for other examples of the same classes, at an earlier one's strength.

    It lies at most `gap` nats above the minimum, about. Raise `StoppedError` when asked to stop.
    """
    turned = _turned(examples)
    solution = turned.problem.solve(turned.begun_at(start), start.strength, gap, should_stop)
    return turned.head(solution, start.strength, None)


def folds(targets: Tensor, *, seed: int, groups: Tensor | None = None) -> Tensor:
    """Return a fold number (N,), every class spread evenly; -1 for the one group of its class."""
    groups = torch.arange(len(targets)) if groups is None else groups.cpu()
    names, group_of = torch.unique(groups, return_inverse=True)
    target_of = torch.empty(len(names), dtype=torch.long)
    target_of[group_of] = targets.cpu()
    generator = torch.Generator().manual_seed(seed)
    shuffled = torch.randperm(len(names), generator=generator)
    by_class = shuffled[target_of[shuffled].argsort(stable=True)]
    fold_of = torch.empty_like(target_of)
    fold_of[by_class] = torch.arange(len(names)) % FOLDS
    fold_of[target_of.bincount()[target_of] < 2] = -1
    return fold_of[group_of].to(targets.device)


def _choose(
    whole: Problem,
    path: Sequence[float],
    begun: Tensor,
    *,
    fold_of: Tensor,
    should_stop: ShouldStop,
) -> tuple[float, float, Tensor]:
    """Return the strength with the least loss out of fold, the accuracy and the solution there.

    The whole is solved beside the folds. The loss falls along the path, then it rises.
    """
    shares = whole.weights[:, 0]
    inside = shares[:, None] * (fold_of[:, None] != torch.arange(FOLDS, device=fold_of.device))
    together = whole.weighted(torch.cat([shares[:, None], inside / inside.sum(0)], dim=1))
    share = torch.where(fold_of >= 0, shares, 0.0)
    share = share / share.sum()
    column = 1 + fold_of.clamp(min=0)
    best_loss, best, accuracy, kept = float("inf"), path[0], 0.0, begun
    solution = torch.cat([begun, together.zeros()[:, 1:]], dim=1)  # (K + 1, 1 + F, C)
    for strength in path:
        solution = together.solve(solution, strength, FOLD_GAP, should_stop)
        losses, is_right = together.told(solution, column)  # (N,)
        loss = float(losses @ share)
        if loss >= best_loss:
            break
        best_loss, best, kept = loss, strength, solution[:, :1]
        accuracy = float(is_right.to(share) @ share)
    return best, min(accuracy, 1.0), kept  # shares add up to a little more


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Turned:
    """A problem in the principal directions (D, K) of its centred and scaled features."""

    problem: Problem
    basis: Tensor
    mean: Tensor
    scale: Tensor

    def begun_at(self, start: LinearHead) -> Tensor:
        """Express an earlier solution in the coordinates of this one, (K + 1, 1, C)."""
        weight = start.weight / start.scale  # (C, D)
        bias = start.bias + weight @ (self.mean - start.mean)
        return torch.cat([self.basis.T @ weight.T * self.scale, bias[None]])[:, None]

    def head(self, solution: Tensor, strength: float, fold_accuracy: float | None) -> LinearHead:
        """Return the layer that a solution (K + 1, 1, C) is."""
        return LinearHead(
            weight=(self.basis @ solution[:-1, 0]).T.contiguous(),
            bias=solution[-1, 0].clone(),
            mean=self.mean,
            scale=self.scale,
            strength=strength,
            fold_accuracy=fold_accuracy,
        )


def _turned(examples: Examples) -> _Turned:
    features, weights = examples.features, examples.weights
    mean, scale = _centre(features)
    basis, variances = _principal(features, mean, scale)  # (D, K), (K,)
    count, kept = len(features), basis.shape[1]
    is_small = count * (kept + 1) * 4 <= ROWS_BYTES
    rows = features.new_ones(count, kept + 1, dtype=torch.float32 if is_small else torch.float16)
    for part in blocks(*features.shape):
        rows[part, :-1] = _scaled(features[part], mean, scale) @ basis
    shares = torch.ones(count, device=mean.device) if weights is None else weights.to(mean)
    shares = shares / shares.sum()
    problem = Problem(rows, variances, examples.targets, shares[:, None], examples.classes)
    return _Turned(problem=problem, basis=basis, mean=mean, scale=scale)


def _centre(features: Tensor) -> tuple[Tensor, Tensor]:
    """Return the mean (D,) of features (N, D), and the one scale of what is left of them."""
    parts = blocks(*features.shape)
    mean = sum((features[part].float().sum(0) for part in parts), torch.zeros(())) / len(features)
    spread = sum(((features[part] - mean).square().mean(1).sum() for part in parts), 0 * mean[0])
    return mean, (spread / len(features)).sqrt().clamp(min=SMALLEST_SCALE)


def _scaled(features: Tensor, mean: Tensor, scale: Tensor) -> Tensor:
    return (features.float() - mean) / scale


def _principal(features: Tensor, mean: Tensor, scale: Tensor) -> tuple[Tensor, Tensor]:
    """Return directions (D, K) and the variance of features (N, D) along each; K = min(N, D)."""
    count, width = features.shape
    if count < width:
        inputs = _scaled(features, mean, scale)
        variances, left = torch.linalg.eigh(inputs @ inputs.T / count)  # (N,), (N, N)
        kept = variances > variances.max() * 1e-6
        variances, left = variances[kept], left[:, kept]
        return inputs.T @ left / (variances * count).sqrt(), variances
    squared = torch.zeros(width, width, device=mean.device)
    for part in blocks(count, width):
        inputs = _scaled(features[part], mean, scale)
        squared += inputs.T @ inputs
    variances, basis = torch.linalg.eigh(squared / count)
    return basis, variances.clamp(min=0)
