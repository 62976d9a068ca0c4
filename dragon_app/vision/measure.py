"""How good a network is on photos it did not learn from."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from dragon_app.core.metrics import Confusion, accuracy, confusion_matrix
from dragon_app.vision.observer import Observer

BATCH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Photos by index: the scores (N, C) a network gives them, and their classes (all,)."""

    score: Callable[[list[int]], Tensor]
    targets: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Mean cross-entropy and `[true][predicted]` counts."""

    loss: float
    confusion: Confusion

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
    batches = []
    with torch.no_grad():
        for start in range(0, len(targets), BATCH):
            observer.check()
            batches.append(task.score(list(range(start, min(start + BATCH, len(targets))))))
        scores = torch.cat(batches)  # (N, C)
        loss = functional.cross_entropy(scores, targets.to(scores.device))
    predictions = scores.argmax(1).tolist()
    return Measurement(
        loss=float(loss),
        confusion=confusion_matrix(targets.tolist(), predictions, classes=classes),
    )
