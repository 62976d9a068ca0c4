"""What decides the course of a training, and how size and learning rate move with the steps.
Knows no tensors.
"""

from dataclasses import dataclass, field

from starter_views import Variation


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Training at one size until a step."""

    size_px: int
    until_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides the course of a training, apart from photos and first weights."""

    architecture: str
    steps: int
    phases: tuple[Phase, ...]
    cooldown_px: int
    batch: int = 128
    workers: int = 2
    lr: float = 0.25
    warmup: int = 300  # steps
    cooldown: float = 0.4  # share of the steps in which the learning rate falls to nothing
    weight_decay: float = 5e-5
    smoothing: float = 0.0
    projector: int = 0  # width of the hidden layer between features and classes; 0: none
    ema_decay: float = 0.998
    variation: Variation = field(default_factory=Variation)
    seed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decay:
    """The learning rate's way down: a straight line from `factor` to nothing."""

    start: int
    steps: int
    factor: float = 1.0

    def at(self, step: int) -> float:
        """Return the factor on the learning rate at a step."""
        return self.factor * max(0.0, 1 - (step - self.start) / self.steps)

    @property
    def end(self) -> int:
        """The number of steps after which training is over."""
        return self.start + self.steps


def planned_decay(recipe: Recipe) -> Decay:
    """Return the way down that a run takes when nobody asks for an earlier one."""
    steps = max(1, round(recipe.steps * recipe.cooldown))
    return Decay(start=recipe.steps - steps, steps=steps)
