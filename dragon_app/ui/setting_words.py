"""What the page says about one setting. Knows none of them."""

from dataclasses import dataclass

from dragon_app.core.config import Optimizer


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


STEPPING = ("optimizer", (Optimizer.ADAMW, Optimizer.SGD))  # counts only where steps are taken
