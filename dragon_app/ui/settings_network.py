"""Words for the network, and for what of it learns."""

from dragon_app.core.config import Freeze, WeightsSource
from dragon_app.ui.setting_words import STEPPING, SettingWords

_NETWORK, _DEPTH = "Network", "What learns"

NETWORK_SETTINGS: tuple[SettingWords, ...] = (
    SettingWords(
        name="backbone",
        label="Backbone",
        hint="The network that looks at the photo. Larger ones see more and take longer.",
        group=_NETWORK,
        range="any network of torchvision",
    ),
    SettingWords(
        name="weights",
        label="Starting weights",
        hint="What the network knows before it sees your photos.",
        group=_NETWORK,
        options=(
            (WeightsSource.AUTO, "The best on this machine"),
            (WeightsSource.STARTER, "The starter that comes with Dragon"),
            (WeightsSource.IMAGENET, "ImageNet's"),
            (WeightsSource.FILE, "A file of yours"),
            (WeightsSource.NONE, "None: learn from nothing"),
        ),
    ),
    SettingWords(
        name="weights_file",
        label="Weights file",
        hint="Where it lies on this machine: .safetensors, or torchvision's .pth.",
        group=_NETWORK,
        range="a path",
        only_if=("weights", (WeightsSource.FILE,)),
    ),
    SettingWords(
        name="image_size_px",
        label="Image size",
        hint="Photos are shrunk to this. Larger shows more detail and takes longer.",
        group=_NETWORK,
        unit="pixels",
        least=32,
        most=1024,
        range="32 to 1024 pixels; empty: what the weights are used to",
        step="1",
    ),
    SettingWords(
        name="freeze",
        label="What stays as it is",
        hint="Frozen stages keep what they know. Freezing more is faster and needs fewer photos.",
        group=_DEPTH,
        options=(
            (Freeze.BACKBONE, "The whole backbone: only the new last layer learns"),
            (Freeze.ALL_BUT_LAST_STAGE, "All but the last stage"),
            (Freeze.NOTHING, "Nothing: everything learns"),
        ),
    ),
    SettingWords(
        name="unfreeze_after",
        label="Epochs with only the last layer",
        hint="The new layer finds its place first, before deeper ones move.",
        group=_DEPTH,
        unit="epochs",
        least=0,
        range="0 to all epochs",
        step="1",
        only_if=STEPPING,
    ),
    SettingWords(
        name="layer_decay",
        label="Slower further down",
        hint="The learning rate is multiplied by this for each stage away from the last layer.",
        group=_DEPTH,
        least=0,
        most=1,
        range="above 0, up to 1; at 1 all learn alike",
        only_if=STEPPING,
    ),
)
