"""Settings as a person types them: what is wrong with which, and which preset they come from."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from dragon_app.core.config import Arithmetic, FinetuneConfig, WeightsSource
from dragon_app.core.errors import InvalidConfigError
from dragon_app.core.presets import PRESETS, Preset

# A setting that is only right or wrong together with others; the problem is told beside the key.
_TOGETHER = {
    "freeze": ("optimizer",),
    "unfreeze_after": ("epochs", "optimizer", "freeze"),
    "weights_file": ("weights",),
}
_OF_STEPS_ALONE = ("mixup", "label_smoothing")  # wrong where none are taken
_NEUTRAL = FinetuneConfig()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSettings:
    """What became of typed settings: `config` when all are right, else `problems` by setting."""

    config: FinetuneConfig | None
    problems: Mapping[str, str]


def read_settings(preset: Preset, values: Mapping[str, object]) -> ReadSettings:
    """Change a preset by typed values; a value outside its range is told by its setting's name."""
    base = PRESETS[preset]
    problems: dict[str, str] = {}
    wanted = {name: getattr(base, name) for name in _names()} | dict(values)
    for name in values:
        if name not in _TOGETHER and name != "weights":
            _try(problems, name, _NEUTRAL, {name: values[name]})
    is_file = wanted["weights"] == WeightsSource.FILE
    source = {"weights": wanted["weights"], "weights_file": "any" if is_file else None}
    _try(problems, "weights", base, source)
    for name in _OF_STEPS_ALONE if "optimizer" not in problems else ():
        source = {"optimizer": wanted["optimizer"], name: wanted[name]}
        _try(problems, name, _NEUTRAL, source)
    for name, others in _TOGETHER.items():
        if not problems.keys() & set(others):
            together = {each: values[each] for each in (*others, name) if each in values}
            # A file that nobody asked for is told where the source is chosen.
            told = "weights" if name == "weights_file" and not is_file else name
            _try(problems, told, base, together)
    if problems:
        return ReadSettings(config=None, problems=problems)
    return ReadSettings(config=base.changed(values), problems={})


def nearest_preset(config: FinetuneConfig) -> tuple[Preset, tuple[str, ...]]:
    """Return the preset that the settings are nearest to, and the settings that differ from it.

    What the machine settles by itself, as the arithmetic, is no difference, and neither is what
    means nothing beside the other settings, as a learning rate where no steps are taken.
    """
    differing = {
        preset: tuple(
            n
            for n in _names()
            if getattr(config, n) != getattr(base, n)
            and getattr(base, n) != Arithmetic.AUTO
            and n not in config.idle
        )
        for preset, base in PRESETS.items()
    }
    nearest = min(differing, key=lambda preset: len(differing[preset]))
    return nearest, differing[nearest]


def _try(
    problems: dict[str, str], name: str, base: FinetuneConfig, values: Mapping[str, object]
) -> None:
    try:
        base.changed(values)
    except InvalidConfigError as error:
        problems[name] = str(error)


def _names() -> tuple[str, ...]:
    return tuple(each.name for each in fields(FinetuneConfig))
