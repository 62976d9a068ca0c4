"""The named settings that a person chooses from."""

from enum import StrEnum

from dragon_app.core.config import Augment, Balance, FinetuneConfig, Freeze, Optimizer, Schedule


class Preset(StrEnum):
    """The name of a set of settings."""

    QUICK = "quick"
    BALANCED = "balanced"
    THOROUGH = "thorough"
    TALE = "tale"


PRESETS: dict[Preset, FinetuneConfig] = {
    # The backbone runs once per photo; the best last layer is computed.
    Preset.QUICK: FinetuneConfig(
        optimizer=Optimizer.EXACT, epochs=1, freeze=Freeze.BACKBONE, balance=Balance.AUTO
    ),
    # The head finds its place first, then the last stage moves with it.
    Preset.BALANCED: FinetuneConfig(
        epochs=12,
        head_lr=1e-3,
        freeze=Freeze.ALL_BUT_LAST_STAGE,
        unfreeze_after=3,
        layer_decay=0.5,
        augment=Augment.LIGHT,
        balance=Balance.AUTO,
    ),
    # Every stage learns, the deeper the slower, for as long as six epochs bring something better.
    Preset.THOROUGH: FinetuneConfig(
        epochs=20,
        head_lr=1e-3,
        freeze=Freeze.NOTHING,
        unfreeze_after=2,
        layer_decay=0.6,
        augment=Augment.LIGHT,
        balance=Balance.AUTO,
        patience=6,
    ),
    # The knights' own: ResNet-18, SGD 0.001, momentum 0.9, 15 epochs, every layer.
    Preset.TALE: FinetuneConfig(
        backbone="resnet18",
        epochs=15,
        head_lr=1e-3,
        freeze=Freeze.NOTHING,
        optimizer=Optimizer.SGD,
        momentum=0.9,
        weight_decay=0.0,
        schedule=Schedule.CONSTANT,
        augment=Augment.LIGHT,
    ),
}
