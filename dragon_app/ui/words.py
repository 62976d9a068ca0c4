"""What the page says about presets and the states of a run. Words only, no rule."""

from dataclasses import dataclass

from dragon_app.core.presets import Preset
from dragon_app.core.training import RunStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PresetWords:
    """A preset for people: what it is good for, and the time it takes before anything was measured.

    `guess_s` is of 200 photos on two slow cores; `services.estimates` takes over after the first
    run.
    """

    name: str
    what: str
    good_for: str
    guess_s: float


PRESET_WORDS: dict[Preset, PresetWords] = {
    Preset.QUICK: PresetWords(
        name="Quick look",
        what="Only a new last layer: the best one is computed, without epochs.",
        good_for="A first answer, and to see whether the photos are right.",
        guess_s=10,
    ),
    Preset.BALANCED: PresetWords(
        name="Balanced",
        what="The last layer learns, then the last stage with it.",
        good_for="Better answers on most photos. The sound choice.",
        guess_s=120,
    ),
    Preset.THOROUGH: PresetWords(
        name="Thorough",
        what="Every layer learns, the deeper the slower.",
        good_for="The most from many photos that look unlike everyday ones.",
        guess_s=360,
    ),
    Preset.TALE: PresetWords(
        name="As in the tale",
        what="ResNet-18, SGD 0.001, momentum 0.9, 15 epochs, every layer.",
        good_for="What the knights did, step by step.",
        guess_s=600,
    ),
}

STATUS_WORDS: dict[RunStatus, str] = {
    RunStatus.QUEUED: "Waiting",
    RunStatus.RUNNING: "Training",
    RunStatus.PAUSED: "Paused",
    RunStatus.FINISHED: "Finished",
    RunStatus.STOPPED: "Stopped",
    RunStatus.FAILED: "Failed",
    RunStatus.INTERRUPTED: "Interrupted",
}
