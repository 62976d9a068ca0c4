"""How good a network is on photos it did not learn from."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from dragon_app.core.metrics import Confusion, accuracy, balanced_accuracy, confusion_matrix
from dragon_app.vision.ahead import ahead
from dragon_app.vision.memory import Portions
from dragon_app.vision.observer import Observer

BATCH = 32

Batch = tuple[list[int], Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Photos by index: what is loaded of them, the scores (N, C) it gets, their classes (all,).

    The memory takes a batch in portions. What is at hand needs no thread that loads ahead.
    """

    load: Callable[[list[int]], Tensor]
    score: Callable[[Tensor], Tensor]
    targets: Tensor
    portions: Portions
    is_at_hand: bool = False
    fewest: int = 1  # photos in a portion: statistics need two

    @contextmanager
    def batches(self, parts: Iterable[list[int]]) -> Iterator[Iterator[Batch]]:
        """Load batches in order, each while the one before is at work."""
        if self.is_at_hand:
            yield ((indices, self.load(indices)) for indices in parts)
        else:
            with closing(ahead(self.load, parts)) as loaded:
                yield loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Mean cross-entropy, `[true][predicted]` counts, and the probabilities (N, C) behind them.

    Those may be unknown: they are not kept where a run is interrupted. `is_balanced`: it is judged
    with every class counting alike.
    """

    loss: float
    confusion: Confusion
    is_balanced: bool = False
    probabilities: NDArray[np.float32] | None = field(default=None, compare=False)

    @property
    def accuracy(self) -> float:
        """The share of photos whose most likely class is the right one."""
        return accuracy(self.confusion)

    @property
    def share(self) -> float:
        """The share right by which epochs are judged: of photos, or the mean of all classes."""
        return self._share(self.confusion)

    def is_better_than(self, other: "Measurement | None") -> bool:
        """Whether the share right is higher, or equal with a lower loss."""
        if other is None:
            return True
        return (self.share, -self.loss) > (self._share(other.confusion), -other.loss)

    def _share(self, confusion: Confusion) -> float:
        return balanced_accuracy(confusion) if self.is_balanced else accuracy(confusion)


def measure(
    task: Task,
    *,
    classes: int,
    observer: Observer,
    indices: Sequence[int] | None = None,
    is_balanced: bool = False,
) -> Measurement:
    """Score every photo once, or those of some indices; the network is in eval mode."""
    some = range(len(task.targets)) if indices is None else indices
    targets = task.targets[list(some)]
    parts = [list(some[start : start + BATCH]) for start in range(0, len(some), BATCH)]
    found = []
    with torch.no_grad(), task.batches(parts) as batches:
        for _, inputs in batches:
            observer.check()
            found.append(task.portions.each(task.score, inputs).float().cpu())
    scores = torch.cat(found)  # (N, C)
    loss = functional.cross_entropy(scores, targets)
    return Measurement(
        loss=float(loss),
        confusion=confusion_matrix(targets.tolist(), scores.argmax(1).tolist(), classes=classes),
        is_balanced=is_balanced,
        probabilities=scores.softmax(1).numpy(),
    )
