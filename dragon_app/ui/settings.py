"""What the page says about each setting: its label, a hint in plain words, its choices. No rule."""

from dataclasses import dataclass

from dragon_app.core.config import (
    Arithmetic,
    Augment,
    Balance,
    Freeze,
    Optimizer,
    Schedule,
    WeightsSource,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingWords:
    """One setting for people. With `options` it is a choice, else a number or a text.

    `least` and `most` are what the settings accept; `group` is the heading it stands under.
    `only_if` names another setting and its values under which this one counts at all.
    """

    name: str
    label: str
    hint: str
    group: str
    unit: str = ""
    least: float | None = None
    most: float | None = None
    range: str = ""
    step: str = "any"
    options: tuple[tuple[str, str], ...] = ()
    only_if: tuple[str, tuple[str, ...]] | None = None


_NETWORK, _DEPTH, _COURSE = "Network", "What learns", "How it learns"
_PHOTOS, _END, _MACHINE = "What it learns from", "When it ends", "Repeating it"
_STEPPING = ("optimizer", (Optimizer.ADAMW, Optimizer.SGD))
_VARYING = ("augment", (Augment.LIGHT, Augment.MEDIUM, Augment.STRONG))

SETTINGS: tuple[SettingWords, ...] = (
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
        only_if=_STEPPING,
    ),
    SettingWords(
        name="layer_decay",
        label="Slower further down",
        hint="The learning rate is multiplied by this for each stage away from the last layer.",
        group=_DEPTH,
        least=0,
        most=1,
        range="above 0, up to 1; at 1 all learn alike",
        only_if=_STEPPING,
    ),
    SettingWords(
        name="optimizer",
        label="Optimizer",
        hint="The rule that turns mistakes into changes. Exact works with the backbone frozen.",
        group=_COURSE,
        options=(
            (Optimizer.ADAMW, "AdamW"),
            (Optimizer.SGD, "SGD"),
            (Optimizer.EXACT, "Exact: no steps, the best last layer is computed"),
        ),
    ),
    SettingWords(
        name="epochs",
        label="Epochs",
        hint="How often every photo is looked at.",
        group=_COURSE,
        unit="passes",
        least=1,
        most=1000,
        range="1 to 1000 passes",
        step="1",
        only_if=_STEPPING,
    ),
    SettingWords(
        name="batch_size",
        label="Batch size",
        hint="Photos looked at before each small change. Less needs less memory.",
        group=_COURSE,
        unit="photos",
        least=1,
        most=1024,
        range="1 to 1024 photos",
        step="1",
        only_if=_STEPPING,
    ),
    SettingWords(
        name="head_lr",
        label="Learning rate",
        hint="How large each change of the last layer is. Too large and the loss jumps.",
        group=_COURSE,
        least=0,
        most=10,
        range="above 0, up to 10",
        only_if=_STEPPING,
    ),
    SettingWords(
        name="momentum",
        label="Momentum",
        hint="How much of the last change carries on. Used by SGD only.",
        group=_COURSE,
        least=0,
        most=1,
        range="0 to below 1",
        only_if=("optimizer", (Optimizer.SGD,)),
    ),
    SettingWords(
        name="weight_decay",
        label="Weight decay",
        hint="Pulls weights toward zero, against learning photos by heart.",
        group=_COURSE,
        least=0,
        most=1,
        range="0 to 1",
        only_if=_STEPPING,
    ),
    SettingWords(
        name="schedule",
        label="Schedule",
        hint="How the learning rate moves over the run.",
        group=_COURSE,
        options=(
            (Schedule.COSINE, "Cosine: gently down to nothing"),
            (Schedule.CONSTANT, "Constant"),
            (Schedule.STEP, "Step: down in jumps"),
            (Schedule.ONE_CYCLE, "One cycle: up, then down"),
            (Schedule.WARM_UP, "Warm-up: a gentle start, then down"),
        ),
        only_if=_STEPPING,
    ),
    SettingWords(
        name="label_smoothing",
        label="Label smoothing",
        hint="How unsure an answer may stay, against being sure of mistakes. 0.1 is usual.",
        group=_COURSE,
        least=0,
        most=1,
        range="0 to below 1; 0: off",
        only_if=_STEPPING,
    ),
    SettingWords(
        name="mixup",
        label="Mixup",
        hint="Each photo is laid over another one, and the answer is both. 0.2 is usual.",
        group=_COURSE,
        least=0,
        most=1,
        range="0 to 1; 0: off",
        only_if=_STEPPING,
    ),
    SettingWords(
        name="augment",
        label="Vary the photos",
        hint="Photos are cropped, mirrored and tinted a little each time, so that few go further.",
        group=_PHOTOS,
        options=(
            (Augment.OFF, "Off"),
            (Augment.LIGHT, "Light"),
            (Augment.MEDIUM, "Medium"),
            (Augment.STRONG, "Strong"),
        ),
    ),
    SettingWords(
        name="mirror",
        label="Does left and right matter?",
        hint="For letters, arrows or road signs: yes. For flowers or knights: no.",
        group=_PHOTOS,
        options=(
            ("true", "No: mirror half of them"),
            ("false", "Yes: never mirror them"),
        ),
        only_if=_VARYING,
    ),
    SettingWords(
        name="balance",
        label="Rare classes",
        hint="Where one class has far fewer photos than another, each of them can count more.",
        group=_PHOTOS,
        options=(
            (Balance.AUTO, "More where very unequal"),
            (Balance.OFF, "Every photo counts alike"),
            (Balance.LOSS, "Mistakes on them count more"),
            (Balance.SAMPLING, "Their photos come more often"),
        ),
    ),
    SettingWords(
        name="patience",
        label="Patience",
        hint="The run ends after so many epochs without a better one. The best is kept anyway.",
        group=_END,
        unit="epochs",
        least=0,
        most=1000,
        range="0 to 1000 epochs; 0: all epochs are run",
        step="1",
        only_if=_STEPPING,
    ),
    SettingWords(
        name="good_enough",
        label="Good enough",
        hint="The run ends as soon as this share of the held-out photos is right.",
        group=_END,
        least=0,
        most=1,
        range="above 0, up to 1: 0.95 is 95 of 100; empty: it goes on",
        only_if=_STEPPING,
    ),
    SettingWords(
        name="seed",
        label="Seed",
        hint="The same seed on the same photos repeats a run.",
        group=_MACHINE,
        least=0,
        most=2**31 - 1,
        range="0 to 2147483647",
        step="1",
    ),
    SettingWords(
        name="device",
        label="Device",
        hint="What does the work. A graphics card is many times faster.",
        group=_MACHINE,
        options=(
            ("auto", "The fastest here"),
            ("cpu", "Processor"),
            ("cuda", "NVIDIA card"),
            ("mps", "Apple's GPU"),
        ),
    ),
    SettingWords(
        name="arithmetic",
        label="Arithmetic",
        hint="How exactly the machine computes. Half precision is faster on many machines.",
        group=_MACHINE,
        options=(
            (Arithmetic.AUTO, "The fastest here"),
            (Arithmetic.FLOAT32, "Full precision"),
            (Arithmetic.FLOAT32_LAST, "Full precision, channels last"),
            (Arithmetic.BFLOAT16, "Half precision"),
            (Arithmetic.BFLOAT16_LAST, "Half precision, channels last"),
        ),
    ),
)
