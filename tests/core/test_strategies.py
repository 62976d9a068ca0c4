from dataclasses import replace

import pytest

from dragon_app.core.config import (
    Augment,
    FinetuneConfig,
    Freeze,
    Optimizer,
    Schedule,
    WeightsSource,
)
from dragon_app.core.errors import InvalidConfigError
from dragon_app.core.strategies import Compared, variants

PRESENT = FinetuneConfig(
    backbone="resnet18", weights=WeightsSource.STARTER, image_size_px=96, augment=Augment.STRONG,
    seed=7, batch_size=8, epochs=12, head_lr=2e-3, freeze=3, unfreeze_after=5, mirror=False,
    patience=3, good_enough=0.9,
)  # fmt: skip
EXACT = FinetuneConfig(optimizer=Optimizer.EXACT, epochs=1)


def test_strategies_differ_in_what_learns_and_keep_the_rest() -> None:
    found = {each.label: each.config for each in variants(Compared.STRATEGIES, PRESENT)}
    assert {label: (each.freeze, each.unfreeze_after) for label, each in found.items()} == {
        "Head only": (Freeze.BACKBONE, 0),
        "Last stage": (Freeze.ALL_BUT_LAST_STAGE, 0),
        "Gradual": (Freeze.NOTHING, 3),
        "Everything": (Freeze.NOTHING, 0),
        "As in the tale": (Freeze.NOTHING, 0),
    }
    for each in found.values():
        assert (each.epochs, each.patience, each.good_enough) == (12, 0, None)
        kept = ("backbone", "weights", "image_size_px", "augment", "mirror", "seed", "batch_size")
        assert all(getattr(each, name) == getattr(PRESENT, name) for name in kept)
    ours = [each for label, each in found.items() if label != "As in the tale"]
    assert {(each.optimizer, each.head_lr) for each in ours} == {(Optimizer.ADAMW, 2e-3)}
    tale = found["As in the tale"]
    assert (tale.optimizer, tale.head_lr, tale.momentum) == (Optimizer.SGD, 1e-3, 0.9)
    assert (tale.layer_decay, tale.schedule) == (1.0, Schedule.CONSTANT)


def test_a_computed_head_and_the_tale_s_steps_give_way_to_the_usual_ones() -> None:
    sgd = FinetuneConfig(optimizer=Optimizer.SGD, head_lr=0.5, schedule=Schedule.CONSTANT)
    for present in (EXACT, sgd):
        head = variants(Compared.STRATEGIES, present)[0].config
        assert head == FinetuneConfig(epochs=10)
    assert variants(Compared.STRATEGIES, EXACT, epochs=4)[0].config.epochs == 4


def test_rates_lie_around_the_present_one_a_factor_of_three_apart() -> None:
    found = variants(Compared.RATES, replace(PRESENT, head_lr=1e-3), epochs=4)
    assert [each.config.head_lr for each in found] == [0.00011, 0.00033, 0.001, 0.003, 0.009]
    assert [each.label for each in found][1:3] == ["Rate 0.00033", "Rate 0.001"]
    assert {(each.config.epochs, each.config.freeze) for each in found} == {(4, 3)}
    assert [each.what for each in found].count("Your present rate.") == 1
    high = variants(Compared.RATES, replace(PRESENT, head_lr=5.0))
    assert max(each.config.head_lr for each in high) == 5.0


def test_what_cannot_be_compared_is_said() -> None:
    with pytest.raises(InvalidConfigError, match="2 epochs or more, not 1"):
        variants(Compared.STRATEGIES, PRESENT, epochs=1)
    with pytest.raises(InvalidConfigError, match="no learning rate"):
        variants(Compared.RATES, EXACT)
    with pytest.raises(InvalidConfigError, match="1 to 1000"):
        variants(Compared.STRATEGIES, PRESENT, epochs=1001)
