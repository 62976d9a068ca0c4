from dragon_app.core.config import Balance, Freeze, Optimizer
from dragon_app.core.presets import PRESETS, Preset


def test_every_preset_has_settings() -> None:
    assert PRESETS.keys() == set(Preset)


def test_the_tale_is_told_with_its_own_settings() -> None:
    tale = PRESETS[Preset.TALE]
    assert (tale.backbone, tale.optimizer, tale.head_lr, tale.momentum, tale.epochs) == (
        "resnet18",
        Optimizer.SGD,
        0.001,
        0.9,
        15,
    )
    assert (tale.freeze, tale.layer_decay) == (Freeze.NOTHING, 1.0)


def test_rare_classes_count_more_by_themselves_but_not_in_the_tale() -> None:
    balances = {preset: config.balance for preset, config in PRESETS.items()}
    assert balances.pop(Preset.TALE) is Balance.OFF
    assert set(balances.values()) == {Balance.AUTO}


def test_only_the_thorough_preset_may_end_early() -> None:
    assert {preset for preset, config in PRESETS.items() if config.patience} == {Preset.THOROUGH}
    assert {config.good_enough for config in PRESETS.values()} == {None}
