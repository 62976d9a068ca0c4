"""Every setting of a training run, with its unit and range."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from dragon_app.core.errors import InvalidConfigError
from dragon_app.core.reading import read_values, whole, yes


class WeightsSource(StrEnum):
    """Where the backbone's first weights come from.

    AUTO takes ImageNet weights when their file is already on the machine, else the starter when
    it fits the backbone, else none.
    """

    AUTO = "auto"
    STARTER = "starter"
    IMAGENET = "imagenet"
    NONE = "none"
    FILE = "file"


class Freeze(StrEnum):
    """How much of the backbone keeps its weights; an integer counts stages from the input."""

    BACKBONE = "backbone"
    ALL_BUT_LAST_STAGE = "all-but-last-stage"
    NOTHING = "nothing"


class Optimizer(StrEnum):
    """The rule that turns gradients into steps."""

    SGD = "sgd"
    ADAMW = "adamw"
    EXACT = "exact"  # no steps: the best last layer is computed; the whole backbone is frozen


class Schedule(StrEnum):
    """How the learning rate moves over the run."""

    CONSTANT = "constant"
    STEP = "step"
    COSINE = "cosine"
    ONE_CYCLE = "one-cycle"
    WARM_UP = "warm-up"  # up over the first tenth, then down like cosine


class Augment(StrEnum):
    """How much training photos are varied each time they are seen."""

    OFF = "off"
    LIGHT = "light"
    MEDIUM = "medium"
    STRONG = "strong"


class Balance(StrEnum):
    """What is done about classes that have far fewer photos than others."""

    AUTO = "auto"  # LOSS where they are very unequal, else OFF
    OFF = "off"
    SAMPLING = "sampling"  # photos of rare classes are shown more often
    LOSS = "loss"  # mistakes on photos of rare classes count more


class Arithmetic(StrEnum):
    """In which numbers and memory order the network computes; AUTO takes the fastest here."""

    AUTO = "auto"
    FLOAT32 = "float32"
    FLOAT32_LAST = "float32-channels-last"
    BFLOAT16 = "bfloat16"
    BFLOAT16_LAST = "bfloat16-channels-last"


DEFAULT_BACKBONE = "regnet_y_400mf"
USUAL_EPOCHS = 10
OF_STEPS = (  # settings that mean nothing where no steps are taken
    "epochs", "unfreeze_after", "head_lr", "layer_decay", "momentum", "weight_decay", "schedule",
    "batch_size", "mixup", "label_smoothing", "patience", "good_enough",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FinetuneConfig:
    """The settings of one run; checks itself and reports all problems at once."""

    backbone: str = DEFAULT_BACKBONE
    weights: WeightsSource = WeightsSource.AUTO
    weights_file: str | None = None
    freeze: Freeze | int = Freeze.BACKBONE  # how deep training reaches in the end
    unfreeze_after: int = 0  # epochs in which only the head learns
    image_size_px: int | None = None  # None: the weights' own, 224 without weights
    epochs: int = USUAL_EPOCHS
    batch_size: int = 32  # photos per step
    head_lr: float = 1e-3
    layer_decay: float = 1.0  # factor on the learning rate per stage away from the head
    optimizer: Optimizer = Optimizer.ADAMW
    momentum: float = 0.9  # SGD only
    weight_decay: float = 1e-2
    schedule: Schedule = Schedule.COSINE
    augment: Augment = Augment.OFF
    mirror: bool = True  # half of the varied photos: left and right do not matter
    mixup: float = 0.0  # alpha of the Beta distribution that two photos are mixed by
    label_smoothing: float = 0.0  # share of the answer that is spread over all classes
    balance: Balance = Balance.OFF
    patience: int = 0  # epochs without a better one until the run ends; 0: it does not
    good_enough: float | None = None  # share right on held-out photos at which the run ends
    seed: int = 0
    device: str = "auto"  # auto, cpu, cuda, mps
    arithmetic: Arithmetic = Arithmetic.AUTO

    def __post_init__(self) -> None:
        """Raise `InvalidConfigError` that names every setting outside its range."""
        problems = [message for holds, message in self._checks() if not holds]
        if problems:
            raise InvalidConfigError(" ".join(problems))

    def _checks(self) -> list[tuple[bool, str]]:
        size = self.image_size_px
        frozen = self.freeze
        return [
            (bool(self.backbone), "Choose a backbone."),
            (
                self.weights is not WeightsSource.FILE or bool(self.weights_file),
                "Name the weights file to start from, or choose other starting weights.",
            ),
            (
                self.weights is WeightsSource.FILE or not self.weights_file,
                f"The weights file {self.weights_file} is named, but the starting weights are "
                f"{self.weights}: choose one of them.",
            ),
            (
                isinstance(frozen, Freeze) or frozen >= 0,
                f"Frozen stages must be 0 or more, not {frozen}.",
            ),
            (
                self.unfreeze_after >= 0
                and (self.epochs < 1 or self.unfreeze_after <= self.epochs),
                "Epochs with only the head must be 0 to the number of epochs, "
                f"not {self.unfreeze_after}.",
            ),
            (
                size is None or 32 <= size <= 1024,
                f"Image size must be 32 to 1024 pixels, not {size}.",
            ),
            (1 <= self.epochs <= 1000, f"Epochs must be 1 to 1000, not {self.epochs}."),
            (1 <= self.batch_size <= 1024, f"Batch size must be 1 to 1024, not {self.batch_size}."),
            (
                0 < self.head_lr <= 10,
                f"Learning rate must be above 0 and at most 10, not {self.head_lr}.",
            ),
            (
                0 < self.layer_decay <= 1,
                f"Layer decay must be above 0 and at most 1, not {self.layer_decay}.",
            ),
            (0 <= self.momentum < 1, f"Momentum must be 0 to below 1, not {self.momentum}."),
            (0 <= self.weight_decay <= 1, f"Weight decay must be 0 to 1, not {self.weight_decay}."),
            (0 <= self.seed < 2**31, f"Seed must be 0 to {2**31 - 1}, not {self.seed}."),
            (
                self.device in {"auto", "cpu", "cuda", "mps"},
                f"Device must be auto, cpu, cuda or mps, not {self.device}.",
            ),
            (0 <= self.mixup <= 1, f"Mixup must be 0 to 1, not {self.mixup}."),
            (
                0 <= self.label_smoothing < 1,
                f"Label smoothing must be 0 to below 1, not {self.label_smoothing}.",
            ),
            (0 <= self.patience <= 1000, f"Patience must be 0 to 1000, not {self.patience}."),
            (
                self.good_enough is None or 0 < self.good_enough <= 1,
                "Good enough must be above 0 and at most 1, where 0.95 is 95 of 100 right, "
                f"not {self.good_enough}.",
            ),
            *self._exact_checks(),
        ]

    def _exact_checks(self) -> list[tuple[bool, str]]:
        """A computed last layer: the backbone stays, and there is one pass without phases."""
        is_stepping = self.optimizer is not Optimizer.EXACT
        return [
            (
                is_stepping or self.freeze is Freeze.BACKBONE,
                "The exact optimizer computes the last layer alone: freeze the whole backbone, or "
                "choose AdamW or SGD.",
            ),
            (
                is_stepping or (self.epochs == 1 and self.unfreeze_after == 0),
                "The exact optimizer looks at the photos once: epochs must be 1 and epochs with "
                f"only the head 0, not {self.epochs} and {self.unfreeze_after}.",
            ),
            (
                is_stepping or not (self.mixup or self.label_smoothing),
                "Mixup and label smoothing change what each step learns from, and the exact "
                "optimizer takes no steps: leave both at 0, or choose AdamW or SGD.",
            ),
        ]

    @property
    def idle(self) -> frozenset[str]:
        """The settings that mean nothing beside the others, whatever they say."""
        idle = set(OF_STEPS) if self.optimizer is Optimizer.EXACT else set()
        if self.optimizer is not Optimizer.SGD:
            idle.add("momentum")
        if self.augment is Augment.OFF:
            idle.add("mirror")
        return frozenset(idle)

    def to_json(self) -> str:
        """Return the settings as a JSON object, one key per field."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "FinetuneConfig":
        """Read what `to_json` wrote; raise `InvalidConfigError` on anything else."""
        try:
            values = json.loads(text)
        except ValueError as error:
            raise InvalidConfigError("The settings are not a JSON object.") from error
        if not isinstance(values, dict):
            raise InvalidConfigError("The settings are not a JSON object.")
        return cls().changed(values)

    def changed(self, values: Mapping[str, object]) -> "FinetuneConfig":
        """Return a copy with the given settings, each converted from text or number.

        Empty text and None leave a setting at "not set" where it may be unset, and as it was
        elsewhere; fewer epochs shorten the phase in which only the head learns, unless that is
        given too; the exact optimizer has one epoch, whatever is given, and one that takes steps
        in its place has the usual number, unless told. Raise `InvalidConfigError` that names
        every value that cannot be read.
        """
        read = read_values(values, _READERS, may_be_unset=_MAY_BE_UNSET, spoken=_SPOKEN)
        if "epochs" in read and "unfreeze_after" not in read:
            # A shorter run still has to fit the epochs in which only the head learns.
            fitting = max(0, whole(str(read["epochs"])) - 1)
            read["unfreeze_after"] = min(self.unfreeze_after, fitting)
        if read.get("optimizer", self.optimizer) is Optimizer.EXACT:
            read |= {"epochs": 1, "unfreeze_after": 0}
        elif self.optimizer is Optimizer.EXACT:
            read.setdefault("epochs", USUAL_EPOCHS)
        return replace(self, **read)  # type: ignore[arg-type]  # each value came from its reader


def _freeze(text: str) -> Freeze | int:
    return Freeze(text) if text in set(Freeze) else whole(text)


_SPOKEN = {
    "weights_file": "the weights file",
    "unfreeze_after": "the epochs with only the head",
    "image_size_px": "the image size",
    "batch_size": "the batch size",
    "head_lr": "the learning rate",
    "layer_decay": "the layer decay",
    "weight_decay": "the weight decay",
    "mirror": "whether photos may be mirrored",
    "label_smoothing": "the label smoothing",
    "balance": "what is done about unequal classes",
    "good_enough": "what is good enough",
}
_MAY_BE_UNSET = {"weights_file", "image_size_px", "good_enough"}
_READERS: dict[str, Callable[[str], object]] = {
    "backbone": str,
    "weights": WeightsSource,
    "weights_file": str,
    "freeze": _freeze,
    "unfreeze_after": whole,
    "image_size_px": whole,
    "epochs": whole,
    "batch_size": whole,
    "head_lr": float,
    "layer_decay": float,
    "optimizer": Optimizer,
    "momentum": float,
    "weight_decay": float,
    "schedule": Schedule,
    "augment": Augment,
    "mirror": yes,
    "mixup": float,
    "label_smoothing": float,
    "balance": Balance,
    "patience": whole,
    "good_enough": float,
    "seed": whole,
    "device": str,
    "arithmetic": Arithmetic,
}
