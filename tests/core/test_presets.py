from dragon_app.core.config import Freeze, Optimizer
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
