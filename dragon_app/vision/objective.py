"""What a training step asks of the network: mixed photos, softened labels, rare classes first.

All three are one matrix, `wanted` (N, C): the loss is the sum of -wanted * log(probability) over a
batch, divided by its photos. It adds up over portions of the batch, whatever their sizes.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.distributions import Beta
from torch.nn import functional

from dragon_app.core.balance import class_weights, settled
from dragon_app.core.config import Balance, FinetuneConfig


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Objective:
    """What a run learns from its photos, and whether all its classes count alike."""

    mixup: float
    label_smoothing: float
    balance: Balance  # settled: never AUTO
    weights: Tensor  # (C,), of a photo by its class; all 1 where every photo counts alike

    @property
    def is_balanced(self) -> bool:
        """Whether every class counts as much as any other, however few photos it has."""
        return self.balance is not Balance.OFF

    def mixed(self, inputs: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Return inputs (N, ...) and the shares (N, C) of each class that are in them.

        With mixup each is laid over another one of the batch. Inputs are photos, or what a frozen
        part made of them. Draws from torch's own generator on the processor.
        """
        shares = functional.one_hot(targets, len(self.weights)).to(torch.float32)  # (N, C)
        if not self.mixup:
            return inputs, shares
        count = len(inputs)
        other = torch.randperm(count).to(inputs.device)
        part = Beta(self.mixup, self.mixup).sample((count,)).to(inputs.device)  # (N,)
        wide = part.view(-1, *[1] * (inputs.ndim - 1)).to(inputs.dtype)
        narrow = part[:, None]
        return (
            wide * inputs + (1 - wide) * inputs[other],
            narrow * shares + (1 - narrow) * shares[other],
        )

    def wanted(self, shares: Tensor) -> Tensor:
        """Return what the loss asks for (N, C); a row adds up to how much its photo counts."""
        if self.balance is Balance.LOSS:
            shares = shares * self.weights.to(shares.device)
        if not self.label_smoothing:
            return shares
        even = shares.sum(1, keepdim=True) / shares.shape[1]
        return (1 - self.label_smoothing) * shares + self.label_smoothing * even

    def draw(self, targets: Tensor, generator: torch.Generator) -> list[int]:
        """Return the photos of an epoch, which are of these classes (N,), as they come."""
        return order(targets, generator, is_balanced=self.balance is Balance.SAMPLING)


def make_objective(config: FinetuneConfig, targets: Tensor, *, classes: int) -> Objective:
    """Return what a run on photos of these classes (N,) learns."""
    counts = targets.bincount(minlength=classes).tolist()
    balance = settled(config.balance, counts)
    is_balanced = balance is not Balance.OFF
    return Objective(
        mixup=config.mixup,
        label_smoothing=config.label_smoothing,
        balance=balance,
        weights=torch.tensor(class_weights(counts)) if is_balanced else torch.ones(classes),
    )


def loss_sum(scores: Tensor, wanted: Tensor) -> Tensor:
    """Return the cross-entropy of scores (N, C) with what is wanted (N, C), added up."""
    return functional.cross_entropy(scores, wanted, reduction="sum")


def order(targets: Tensor, generator: torch.Generator, *, is_balanced: bool = False) -> list[int]:
    """Return the photos of an epoch at random: each once, or every class equally often.

    A rare class then comes again and again, each of its photos equally often; of a large one some
    photos wait for the next epoch.
    """
    count = len(targets)
    if not is_balanced:
        return torch.randperm(count, generator=generator).tolist()
    classes = targets.bincount().nonzero()[:, 0].tolist()
    drawn = []
    for place, target in enumerate(classes):
        own = (targets == target).nonzero()[:, 0]
        quota = count // len(classes) + (place < count % len(classes))
        rounds = -(-quota // len(own))
        turns = [own[torch.randperm(len(own), generator=generator)] for _ in range(rounds)]
        drawn.append(torch.cat(turns)[:quota])
    together = torch.cat(drawn)
    return together[torch.randperm(count, generator=generator)].tolist()
