"""The minimum of logistic regressions that share their rows. Knows no photo and no fold.

Looks at the rows in blocks: beside them, memory does not grow with their number.
"""

import torch
from torch import Tensor

from dragon_app.core.ports import ShouldStop
from dragon_app.vision.observer import StoppedError

BLOCK_NUMBERS = 2**22  # of rows, or of what is worked out for them, at once
BIAS_STRENGTH = 1e-3  # without it the bias of a class that has no photo would fall for ever
STEPS = 200
MEMORY = 10  # past steps that tell the curvature
HALVINGS = 20
SUFFICIENT = 1e-4  # of the fall that the slope promises


def blocks(count: int, width: int) -> list[slice]:
    """Return the parts in which so many rows, so wide, are looked at."""
    size = max(1, BLOCK_NUMBERS // max(1, width))
    return [slice(start, start + size) for start in range(0, max(1, count), size)]


class Problem:
    """Logistic regressions on the same rows (N, K + 1) that weigh them differently (N, F).

    Along principal directions the Hessian is nearly diagonal, and Boehning's bound (1992) gives
    the diagonal: half the variance. L-BFGS starts from it and needs few steps. Rows may be in half
    precision; all else is float32.
    """

    def __init__(
        self, rows: Tensor, variances: Tensor, targets: Tensor, weights: Tensor, classes: int
    ) -> None:
        self.targets = targets
        self.weights = weights
        self._rows = rows
        self._variances, self._classes = variances, classes
        self._bound = torch.cat([variances, variances.new_ones(1)]) / 2  # (K + 1,)
        self._shape = (rows.shape[1], weights.shape[1], classes)

    def weighted(self, weights: Tensor) -> "Problem":
        """Return regressions on the same rows with other weights (N, F)."""
        return Problem(self._rows, self._variances, self.targets, weights, self._classes)

    def zeros(self) -> Tensor:
        """Return the solution (K + 1, F, C) that knows nothing."""
        return self._bound.new_zeros(self._shape)

    def told(self, solution: Tensor, column: Tensor) -> tuple[Tensor, Tensor]:
        """Return the loss (N,) of each row and whether it is right, by the regression in column."""
        losses = self._bound.new_empty(len(self._rows))
        is_right = torch.empty(len(self._rows), dtype=torch.bool, device=losses.device)
        for part in self._blocks():
            scores = self._scores(self._rows[part].float(), solution)
            scores = scores[torch.arange(len(scores), device=losses.device), column[part]]  # (n, C)
            truths = self.targets[part]
            losses[part] = scores.logsumexp(1) - scores.gather(1, truths[:, None])[:, 0]
            is_right[part] = scores.argmax(1) == truths
        return losses, is_right

    def solve(self, start: Tensor, strength: float, gap: float, should_stop: ShouldStop) -> Tensor:
        """Return the minima (K + 1, F, C) for a strength of L2, to within about a gap."""
        ridge = torch.full_like(self._bound, strength)
        ridge[-1] = BIAS_STRENGTH
        ridge = ridge[:, None, None]
        expected = 1 / (self._bound[:, None, None] + ridge)  # a bound on the inverse Hessian
        solution = start
        loss, slope = self._look(solution, ridge)
        past: list[tuple[Tensor, Tensor, Tensor]] = []
        for _ in range(STEPS):
            if should_stop():
                raise StoppedError
            direction = -_curved(slope, past, expected)
            fall = -_dots(slope, direction)  # (F,)
            if float(fall.max()) < 2 * gap:
                break
            length = torch.ones_like(fall)
            for _ in range(HALVINGS):
                moved = solution + length[:, None] * direction
                moved_loss, moved_slope = self._look(moved, ridge)
                # Rounding hides a fall below a millionth.
                enough = moved_loss <= loss - SUFFICIENT * length * fall + 1e-6 * loss
                if bool(enough.all()):
                    break
                length = torch.where(enough, length, length / 2)
            step, change = moved - solution, moved_slope - slope
            past = [*past[1 - MEMORY :], (step, change, _dots(step, change))]
            solution, loss, slope = moved, moved_loss, moved_slope
        return solution

    def _look(self, solution: Tensor, ridge: Tensor) -> tuple[Tensor, Tensor]:
        """Return the value (F,) and the gradient (K + 1, F, C) of each regression."""
        value = (ridge * solution.square()).sum((0, 2)) / 2
        slope = ridge * solution
        for part in self._blocks():
            rows, weights = self._rows[part].float(), self.weights[part]
            scores = self._scores(rows, solution)
            truths = self.targets[part][:, None, None].expand(-1, self._shape[1], 1)
            total = scores.logsumexp(2, keepdim=True)
            right = scores.gather(2, truths)
            value = value + ((total - right)[..., 0] * weights).sum(0)
            wrong = scores.sub_(total).exp_()
            wrong.scatter_add_(2, truths, -torch.ones_like(right))
            wrong *= weights[:, :, None]
            slope = slope + (rows.T @ wrong.flatten(1)).view(self._shape)
        return value, slope

    def _scores(self, rows: Tensor, solution: Tensor) -> Tensor:
        """Return what each regression says of some rows, (n, F, C)."""
        return (rows @ solution.flatten(1)).view(-1, *self._shape[1:])

    def _blocks(self) -> list[slice]:
        width, regressions, classes = self._shape
        return blocks(len(self._rows), max(width, regressions * classes))


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
