"""What the Train tab needs before a run: presets, settings, networks, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from dragon_app.core.config import USUAL_EPOCHS, Balance, FinetuneConfig
from dragon_app.core.networks import BackboneInfo
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.services.backbones import Fetch
from dragon_app.services.balancing import balance_words
from dragon_app.services.estimates import seconds_for, seconds_measured
from dragon_app.services.settings import read_settings
from dragon_app.ui.settings import SETTINGS
from dragon_app.ui.words import PRESET_WORDS
from dragon_app.wiring import App, Session

_BEFORE_PHOTOS_S = 5.0  # until the engine is there
_GUESSED_PHOTOS = 200
_BY_NAME = {setting.name: setting for setting in SETTINGS}


class Wish(BaseModel):
    """How a person wants to train: a preset, and settings that differ from it."""

    preset: Preset = Preset.BALANCED
    values: dict[str, str | bool | int | float | None] = {}


def router(session: Session) -> APIRouter:
    """Serve `/dragon/training`, `/dragon/settings` and `/dragon/backbones`."""
    routes = APIRouter(prefix="/dragon")

    @routes.get("/training")
    def training() -> dict[str, Any]:
        """Answer without loading torch: the page shows this when it opens."""
        app = session.app
        return {
            "presets": [_preset(app, preset) for preset in Preset],
            "settings": [asdict(setting) for setting in SETTINGS],
            "missing": app.runs.missing(),
            "balance": _balance(app),
        }

    @routes.post("/settings")
    def check(wish: Wish) -> dict[str, Any]:
        """Say what is wrong with which setting, and how long the training would take."""
        read = read_settings(wish.preset, wish.values)
        seconds = None if read.config is None else _seconds(session.app, read.config)
        return {"problems": told(read.problems, wish.values), "seconds": seconds}

    @routes.get("/backbones")
    def backbones() -> dict[str, Any]:
        app = session.app
        speeds = app.measuring.speeds()
        return {
            "backbones": [_backbone(info, speeds) for info in app.backbones.all()],
            "fetch": _fetch(app.backbones.fetching()),
        }

    @routes.get("/backbones/{name}")
    def backbone(name: str) -> dict[str, Any]:
        app = session.app
        return _backbone(app.backbones.get(name), app.measuring.speeds())

    @routes.post("/backbones/{name}/fetch")
    def fetch(name: str) -> dict[str, Any]:
        return _fetch(session.app.backbones.fetch(name))

    @routes.get("/fetch")
    def fetching() -> dict[str, Any]:
        return _fetch(session.app.backbones.fetching())

    return routes


def told(problems: Mapping[str, str], values: Mapping[str, object]) -> dict[str, str]:
    """Say by its field's own label where a number is wanted and something else was typed."""
    return {
        name: _not_a_number(name, values.get(name)) or problem for name, problem in problems.items()
    }


def _not_a_number(name: str, value: object) -> str:
    setting = _BY_NAME.get(name)
    if setting is None or setting.least is None or value in {None, ""}:
        return ""
    is_whole = setting.step == "1"
    try:
        number = float(str(value))
    except ValueError:
        is_right = False
    else:
        is_right = not is_whole or number.is_integer()
    kind = "whole number" if is_whole else "number"
    return "" if is_right else f"{setting.label} must be a {kind}, not '{value}'."


def _preset(app: App, preset: Preset) -> dict[str, Any]:
    config = PRESETS[preset]
    photos = sum(count.train + count.val for count in app.dataset.summary().classes)
    seconds = _seconds(app, config)
    share = (photos or _GUESSED_PHOTOS) / _GUESSED_PHOTOS
    guess_s = PRESET_WORDS[preset].guess_s - _BEFORE_PHOTOS_S
    return {
        "id": preset,
        **asdict(PRESET_WORDS[preset]),
        "photos": photos,
        "is_measured": seconds is not None,
        "seconds": _BEFORE_PHOTOS_S + guess_s * share if seconds is None else seconds,
        "config": asdict(config),
        "usual_epochs": USUAL_EPOCHS,  # where steps take the place of a computed last layer
    }


def _balance(app: App) -> dict[str, str]:
    """Say for each way to treat rare classes what becomes of the dataset's; empty when equal."""
    classes = app.dataset.summary().classes
    return {way: balance_words(classes, way) for way in Balance}


def _seconds(app: App, config: FinetuneConfig) -> float | None:
    """Say how long it takes: by what was measured here, else by what an earlier run took."""
    costs = app.measuring.known_costs(config)
    if costs is not None:
        return seconds_measured(config, costs)
    val_photos = sum(count.val for count in app.dataset.summary().classes)
    return seconds_for(config, val_photos=val_photos, runs=app.runs.all())


def _backbone(info: BackboneInfo, speeds: Mapping[tuple[str, int], float]) -> dict[str, Any]:
    """Describe a network; `photos_per_s` is of this machine, none until its costs are measured."""
    starter = info.starter
    return {
        "name": info.name,
        "parameters": info.parameters,
        "image_size_px": info.image_size_px,
        "photos_per_s": speeds.get((info.name, info.image_size_px)),
        "imagenet_top1": info.imagenet_top1,
        "imagenet_megabytes": info.imagenet_megabytes,
        "imagenet_is_here": info.imagenet_is_here,
        "is_starter": info.is_starter,
        "starter": None
        if starter is None
        else {
            "megabytes": starter.megabytes,
            "image_size_px": starter.image_size_px,
            "photos_per_s": speeds.get((info.name, starter.image_size_px)),
            "terms": starter.terms,
            "words": _probe_words(starter.probes),
        },
        "stages": [
            {
                "index": stage.index,
                "name": stage.name,
                "parameters": stage.parameters,
                "output_size_px": stage.output_size_px,
            }
            for stage in info.stages
        ],
    }


def _probe_words(probes: Sequence[tuple[str, float]]) -> str:
    """Say how good a backbone is as it comes; nothing where nobody measured it."""
    if not probes:
        return ""
    shares = ", ".join(f"{share * 100:.0f} % of {name}" for name, share in probes)
    return f"With only a new last layer, learned from 100 photos of each class: {shares} right."


def _fetch(fetch: Fetch) -> dict[str, Any]:
    return asdict(fetch)
