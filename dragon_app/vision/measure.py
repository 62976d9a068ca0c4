"""How good a network is on photos it did not learn from."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from dragon_app.core.metrics import Confusion, accuracy, confusion_matrix
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

    Those may be unknown: they are not kept where a run is interrupted.
    """

    loss: float
    confusion: Confusion
    probabilities: NDArray[np.float32] | None = field(default=None, compare=False)

    @property
    def accuracy(self) -> float:
        """The share of photos whose most likely class is the right one."""
        return accuracy(self.confusion)

    def is_better_than(self, other: "Measurement | None") -> bool:
        """Whether accuracy is higher, or equal with a lower loss."""
        return other is None or (self.accuracy, -self.loss) > (other.accuracy, -other.loss)


def measure(task: Task, *, classes: int, observer: Observer) -> Measurement:
    """Score every photo once; the network is in eval mode."""
    targets = task.targets
    every = range(len(targets))
    parts = [list(every[start : start + BATCH]) for start in every[::BATCH]]
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
        probabilities=scores.softmax(1).numpy(),
    )
