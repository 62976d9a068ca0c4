"""Words for how a network learns, step by step."""

from dragon_app.core.config import Optimizer, Schedule
from dragon_app.ui.setting_words import STEPPING, SettingWords

_COURSE = "How it learns"

COURSE_SETTINGS: tuple[SettingWords, ...] = (
    SettingWords(
        name="optimizer",
        label="Optimizer",
        hint="The rule that turns mistakes into changes. AdamW suits most photos. The best last "
        "layer can be computed where the whole backbone is frozen.",
        group=_COURSE,
        options=(
            (Optimizer.ADAMW, "AdamW: adapts its steps"),
            (Optimizer.SGD, "SGD: plain steps"),
            (Optimizer.EXACT, "Computed at once, in no steps"),
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
        only_if=STEPPING,
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
        only_if=STEPPING,
    ),
    SettingWords(
        name="head_lr",
        label="Learning rate",
        hint="How large each change of the last layer is. Too large and the loss jumps.",
        group=_COURSE,
        least=0,
        most=10,
        range="above 0, up to 10",
        only_if=STEPPING,
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
        only_if=STEPPING,
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
        only_if=STEPPING,
    ),
    SettingWords(
        name="label_smoothing",
        label="Label smoothing",
        hint="How unsure an answer may stay, against being sure of mistakes. 0.1 is usual.",
        group=_COURSE,
        least=0,
        most=1,
        range="0 to below 1; 0: off",
        only_if=STEPPING,
    ),
    SettingWords(
        name="mixup",
        label="Mixup",
        hint="Each photo is laid over another one, and the answer is both. 0.2 is usual.",
        group=_COURSE,
        least=0,
        most=1,
        range="0 to 1; 0: off",
        only_if=STEPPING,
    ),
)
