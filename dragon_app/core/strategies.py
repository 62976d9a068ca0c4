"""What a comparison trains: variants of a person's settings that differ in one thing. Pure rules.

Every variant has the same number of epochs, of which none is left out by ending early. Network,
weights, image size, variation of the photos, batch size, seed and device stay the person's own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from dragon_app.core.config import USUAL_EPOCHS, FinetuneConfig, Freeze, Optimizer, Schedule
from dragon_app.core.errors import InvalidConfigError

RATE_FACTOR = 3  # between neighbours of a sweep
RATES_EACH_SIDE = 2
MOST_RATE = 10.0  # what the settings accept
FEWEST_EPOCHS = 2  # so that there is a head to begin with and something deeper after it
_USUAL = FinetuneConfig()


class Compared(StrEnum):
    """What the runs of a comparison differ in."""

    STRATEGIES = "strategies"
    RATES = "rates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One way to train: a short name, what is special about it in words, the settings."""

    label: str
    what: str
    config: FinetuneConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Runs that were started to be compared, in the order in which they are trained."""

    id: int
    what: Compared
    created_at: datetime
    run_ids: tuple[int, ...]


def variants(
    what: Compared, present: FinetuneConfig, *, epochs: int | None = None
) -> tuple[Variant, ...]:
    """Return the settings to compare; each has `epochs`, or as many as the present settings.

    Raise `InvalidConfigError` when there is nothing to compare: too few epochs, no learning rate.
    """
    to_the_end = replace(present, patience=0, good_enough=None)
    return _VARIANTS[what](to_the_end, _epochs(present) if epochs is None else epochs)


def strategies(present: FinetuneConfig, epochs: int) -> tuple[Variant, ...]:
    """Return five answers to which layers should learn, the least work first.

    All but the tale's take steps as the present settings say, or as is usual where those take none
    or take the tale's.
    """
    if epochs < FEWEST_EPOCHS:
        raise InvalidConfigError(
            f"To compare strategies, each needs {FEWEST_EPOCHS} epochs or more, not {epochs}."
        )
    steps = replace(_stepping(present), epochs=epochs, unfreeze_after=0)
    head_epochs = max(1, epochs // 4)
    tale = replace(
        steps,
        freeze=Freeze.NOTHING,
        optimizer=Optimizer.SGD,
        head_lr=1e-3,
        momentum=0.9,
        weight_decay=0.0,
        layer_decay=1.0,
        schedule=Schedule.CONSTANT,
    )
    return (
        Variant(
            label="Head only",
            what="Only the new last layer learns.",
            config=replace(steps, freeze=Freeze.BACKBONE),
        ),
        Variant(
            label="Last stage",
            what="The last stage learns, and the new last layer.",
            config=replace(steps, freeze=Freeze.ALL_BUT_LAST_STAGE, layer_decay=0.5),
        ),
        Variant(
            label="Gradual",
            what=f"Only the last layer for {_counted(head_epochs)}, then everything.",
            config=replace(
                steps, freeze=Freeze.NOTHING, unfreeze_after=head_epochs, layer_decay=0.6
            ),
        ),
        Variant(
            label="Everything",
            what="Every layer learns from the start, the deeper the slower.",
            config=replace(steps, freeze=Freeze.NOTHING, layer_decay=0.6),
        ),
        Variant(
            label="As in the tale",
            what="Every layer learns alike: SGD 0.001, momentum 0.9.",
            config=tale,
        ),
    )


def rates(present: FinetuneConfig, epochs: int) -> tuple[Variant, ...]:
    """Return the present settings at learning rates around the present one, from low to high."""
    if present.optimizer is Optimizer.EXACT:
        raise InvalidConfigError(
            "A last layer that is computed has no learning rate to compare. Choose Balanced, "
            "Thorough or the tale's settings."
        )
    fitting = present.changed({"epochs": epochs})
    around = range(-RATES_EACH_SIDE, RATES_EACH_SIDE + 1)
    tried = [float(f"{present.head_lr * RATE_FACTOR**power:.2g}") for power in around]
    return tuple(
        Variant(
            label=f"Rate {rate:g}",
            what="Your present rate." if rate == present.head_lr else "",
            config=replace(fitting, head_lr=rate),
        )
        for rate in tried
        if rate <= MOST_RATE
    )


def _epochs(present: FinetuneConfig) -> int:
    return USUAL_EPOCHS if present.optimizer is Optimizer.EXACT else present.epochs


def _stepping(present: FinetuneConfig) -> FinetuneConfig:
    """Return settings that take AdamW's steps: the present ones, or the usual in their place."""
    if present.optimizer is Optimizer.ADAMW:
        return present
    return replace(
        present,
        optimizer=Optimizer.ADAMW,
        head_lr=_USUAL.head_lr,
        weight_decay=_USUAL.weight_decay,
        schedule=_USUAL.schedule,
    )


def _counted(epochs: int) -> str:
    return "the first epoch" if epochs == 1 else f"the first {epochs} epochs"


_VARIANTS: Mapping[Compared, Callable[[FinetuneConfig, int], tuple[Variant, ...]]] = {
    Compared.STRATEGIES: strategies,
    Compared.RATES: rates,
}
