"""The best last layer, computed: logistic regression on feature vectors. Knows no network.

Minimises mean cross-entropy + strength / 2 |weight|^2, which has one minimum. All folds are solved
together, as columns of the same products, along a path of strengths from strong to weak.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from dragon_app.core.ports import ShouldStop
from dragon_app.vision.backbone import SMALLEST_SCALE
from dragon_app.vision.observer import StoppedError

FOLDS = 5
STRENGTHS = tuple(10 ** (0.5 - half / 2) for half in range(14))  # strong to weak
USUAL_STRENGTH = 0.3  # where no class has two photos, nothing can be measured
STRONGER = 4  # times the strength of an earlier solution: where the search near it begins
BIAS_STRENGTH = 1e-3  # without it the bias of a class that has no photo would fall for ever
FOLD_GAP, FINAL_GAP = 1e-4, 1e-6  # nats that a solution may lie above the minimum, about
STEPS = 200
MEMORY = 10  # past steps that tell the curvature
HALVINGS = 20
SUFFICIENT = 1e-4  # of the fall that the slope promises


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """Feature vectors and their classes; those of one group, views of one photo, share a fold."""

    features: Tensor  # (N, D)
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
        return torch.addmm(self.bias - weight @ self.mean, features, weight.T)


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
    whole: "_Problem",
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
    measured = (fold_of >= 0).nonzero()[:, 0]
    truths, share = whole.targets[measured], shares[measured] / shares[measured].sum()
    best_loss, best, accuracy, kept = float("inf"), path[0], 0.0, begun
    solution = torch.cat([begun, together.zeros()[:, 1:]], dim=1)  # (K + 1, 1 + F, C)
    for strength in path:
        solution = together.solve(solution, strength, FOLD_GAP, should_stop)
        scores = together.scores(solution)[measured, 1 + fold_of[measured]]  # (M, C)
        loss = float(functional.cross_entropy(scores, truths, reduction="none") @ share)
        if loss >= best_loss:
            break
        best_loss, best, kept = loss, strength, solution[:, :1]
        accuracy = float((scores.argmax(1) == truths).to(share) @ share)
    return best, min(accuracy, 1.0), kept  # shares add up to a little more


def _principal(inputs: Tensor) -> tuple[Tensor, Tensor]:
    """Return directions (D, K) and the variance of inputs (N, D) along each; K = min(N, D)."""
    count, width = inputs.shape
    if count < width:
        variances, left = torch.linalg.eigh(inputs @ inputs.T / count)  # (N,), (N, N)
        kept = variances > variances.max() * 1e-6
        variances, left = variances[kept], left[:, kept]
        return inputs.T @ left / (variances * count).sqrt(), variances
    variances, basis = torch.linalg.eigh(inputs.T @ inputs / count)
    return basis, variances.clamp(min=0)


def _with_ones(inputs: Tensor) -> Tensor:
    return torch.cat([inputs, inputs.new_ones(len(inputs), 1)], dim=1)


class _Problem:
    """Logistic regressions on the same rows (N, K + 1) that weigh them differently (N, F).

    Along principal directions the Hessian is nearly diagonal, and Boehning's bound (1992) gives
    the diagonal: half the variance. L-BFGS starts from it and needs few steps.
    """

    def __init__(
        self, rows: Tensor, variances: Tensor, targets: Tensor, weights: Tensor, classes: int
    ) -> None:
        self.rows = rows
        self.targets = targets
        self._bound = torch.cat([variances, variances.new_ones(1)]) / 2  # (K + 1,)
        self.weights = weights
        self._variances, self._classes = variances, classes
        self._truths = functional.one_hot(targets, classes).to(rows)[:, None]  # (N, 1, C)
        self._shape = (rows.shape[1], weights.shape[1], classes)

    def weighted(self, weights: Tensor) -> "_Problem":
        """Return regressions on the same rows with other weights (N, F)."""
        return _Problem(self.rows, self._variances, self.targets, weights, self._classes)

    def zeros(self) -> Tensor:
        """Return the solution (K + 1, F, C) that knows nothing."""
        return torch.zeros(self._shape, dtype=self.rows.dtype, device=self.rows.device)

    def scores(self, solution: Tensor) -> Tensor:
        """Return what each regression says of each row, (N, F, C)."""
        return (self.rows @ solution.flatten(1)).view(-1, *self._shape[1:])

    def solve(self, start: Tensor, strength: float, gap: float, should_stop: ShouldStop) -> Tensor:
        """Return the minima (K + 1, F, C) for a strength of L2, to within about a gap."""
        ridge = torch.full_like(self._bound, strength)
        ridge[-1] = BIAS_STRENGTH
        ridge = ridge[:, None, None]
        expected = 1 / (self._bound[:, None, None] + ridge)  # a bound on the inverse Hessian
        solution = start
        scores = self.scores(solution)
        loss, wrong = self._loss(scores, solution, ridge)
        slope = self._slope(wrong, solution, ridge)
        past: list[tuple[Tensor, Tensor, Tensor]] = []
        for _ in range(STEPS):
            if should_stop():
                raise StoppedError
            direction = -_curved(slope, past, expected)
            fall = -_dots(slope, direction)  # (F,)
            if float(fall.max()) < 2 * gap:
                break
            ahead = self.scores(direction)
            length = torch.ones_like(fall)
            for _ in range(HALVINGS):
                moved = solution + length[:, None] * direction
                moved_scores = scores + length[:, None] * ahead
                moved_loss, wrong = self._loss(moved_scores, moved, ridge)
                # Rounding hides a fall below a millionth.
                enough = moved_loss <= loss - SUFFICIENT * length * fall + 1e-6 * loss
                if bool(enough.all()):
                    break
                length = torch.where(enough, length, length / 2)
            moved_slope = self._slope(wrong, moved, ridge)
            step, change = moved - solution, moved_slope - slope
            past = [*past[1 - MEMORY :], (step, change, _dots(step, change))]
            solution, scores, loss, slope = moved, moved_scores, moved_loss, moved_slope
        return solution

    def _loss(self, scores: Tensor, solution: Tensor, ridge: Tensor) -> tuple[Tensor, Tensor]:
        """Return the value (F,) of each regression, and its slope by the scores, (N, F, C)."""
        total = scores.logsumexp(2)  # (N, F)
        right = (scores * self._truths).sum(2)
        value = ((total - right) * self.weights).sum(0)
        value = value + (ridge * solution.square()).sum((0, 2)) / 2
        likely = (scores - total[:, :, None]).exp()
        return value, (likely - self._truths) * self.weights[:, :, None]

    def _slope(self, wrong: Tensor, solution: Tensor, ridge: Tensor) -> Tensor:
        """Return the gradient (K + 1, F, C) of each regression."""
        return (self.rows.T @ wrong.flatten(1)).view(self._shape) + ridge * solution


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Turned:
    """A problem in the principal directions (D, K) of its centred and scaled features."""

    problem: _Problem
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
    mean = features.mean(0)
    scale = (features - mean).square().mean().sqrt().clamp(min=SMALLEST_SCALE)
    inputs = (features - mean) / scale
    basis, variances = _principal(inputs)  # (D, K), (K,)
    shares = torch.ones_like(inputs[:, 0]) if weights is None else weights.to(inputs)
    shares = shares / shares.sum()
    rows = _with_ones(inputs @ basis)  # (N, K + 1)
    problem = _Problem(rows, variances, examples.targets, shares[:, None], examples.classes)
    return _Turned(problem=problem, basis=basis, mean=mean, scale=scale)


def _dots(left: Tensor, right: Tensor) -> Tensor:
    return (left * right).sum((0, 2))  # (F,)


def _curved(slope: Tensor, past: list[tuple[Tensor, Tensor, Tensor]], expected: Tensor) -> Tensor:
    """Return the slope times the inverse Hessian as past steps showed it (L-BFGS)."""
    used: list[tuple[Tensor, Tensor, Tensor, Tensor]] = []
    for step, change, curvature in reversed(past):
        inverse = torch.where(curvature > 0, 1 / curvature, 0.0)
        share = _dots(step, slope) * inverse
        slope = slope - share[:, None] * change
        used.append((step, change, inverse, share))
    result = expected * slope
    for step, change, inverse, share in reversed(used):
        back = _dots(change, result) * inverse
        result = result + (share - back)[:, None] * step
    return result
