"""Runs: start, watch, look at, and choose the one that Try uses."""

import re
from typing import Any

from fastapi import APIRouter

from dragon_app.core.balance import is_unequal
from dragon_app.core.config import Augment, FinetuneConfig, Freeze, Optimizer
from dragon_app.core.errors import InvalidConfigError
from dragon_app.core.metrics import balanced_accuracy, per_class, wilson_interval
from dragon_app.core.training import EpochMetrics, Progress, Run
from dragon_app.services import going_on
from dragon_app.services.balancing import what_was_done
from dragon_app.services.settings import nearest_preset, read_settings
from dragon_app.ui.routes.training import Wish, told
from dragon_app.ui.setting_words import SettingWords
from dragon_app.ui.settings import SETTINGS
from dragon_app.ui.words import PRESET_WORDS, STATUS_WORDS
from dragon_app.wiring import App, Session

_MOST_POINTS = 400
_UNSET = {"image_size_px": "the weights' own", "good_enough": "not set", "weights_file": "none"}


def router(session: Session) -> APIRouter:
    """Serve `/dragon/runs` and what lies below."""
    routes = APIRouter(prefix="/dragon")

    @routes.get("/runs")
    def runs() -> dict[str, Any]:
        app = session.app
        current = app.predictions.current_run()
        return {
            "runs": [shown(app, run) for run in app.runs.all()],
            "try_run": None if current is None else current.id,
        }

    @routes.post("/runs")
    def start(wish: Wish) -> dict[str, Any]:
        """Queue a run; settings that are wrong come back by name and nothing is started."""
        app = session.app
        read = read_settings(wish.preset, wish.values)
        if read.config is None:
            return {"problems": told(read.problems, wish.values), "run": None}
        problems = _stage_problems(app, wish, read.config)
        run = None if problems else shown(app, app.runs.start(read.config))
        return {"problems": problems, "run": run}

    @routes.get("/runs/{run_id}")
    def run(run_id: int) -> dict[str, Any]:
        app = session.app
        found = app.runs.get(run_id)
        return {
            **shown(app, found),
            "confusion": found.val_confusion,
            "per_class": per_class(found.val_confusion, found.class_names)
            if found.val_confusion
            else {},
            "settings": settings_in_words(app, found),
        }

    @routes.get("/runs/{run_id}/progress")
    def progress(run_id: int, since: int = 0) -> dict[str, Any]:
        """Return the run as it is, its epochs after `since`, and its steps so far, thinned."""
        app = session.app
        found = app.runs.get(run_id)
        epochs = [each for each in app.runs.epochs(run_id) if each.epoch > since]
        best = max(filter(_is_best, app.runs.epochs(run_id)), key=_number, default=None)
        return {
            "run": shown(app, found),
            "epochs": [_epoch(each) for each in _thinned(epochs)],
            "steps": _steps(app, found),
            "best": None if best is None else _epoch(best),
        }

    @routes.post("/runs/{run_id}/try")
    def use_in_try(run_id: int) -> dict[str, Any]:
        session.app.predictions.choose_run(run_id)
        return {"try_run": run_id}

    return routes


def shown(app: App, run: Run) -> dict[str, Any]:
    """Return a run for the lists: how it stands, how good it is, and how sure that is."""
    config = FinetuneConfig.from_json(run.config_json)
    preset, differing = nearest_preset(config)
    n = sum(map(sum, run.val_confusion))
    hits = sum(row[i] for i, row in enumerate(run.val_confusion))
    low, high = wilson_interval(hits, n)
    return {
        "id": run.id,
        "status": run.status,
        "status_words": STATUS_WORDS[run.status],
        "is_final": run.status.is_final,
        "is_stopping": app.runs.is_stopping(run.id),
        "is_pausing": app.runs.is_pausing(run.id),
        "can_go_on": run.can_go_on,
        "can_train_longer": going_on.can_extend(run),
        "extended_at": run.extended_at,
        "reason": app.runs.trouble(run.id) or run.reason,
        "title": titled(run),
        "preset": preset,
        "values": {name: getattr(config, name) for name in differing},
        "backbone": config.backbone,
        "weights": run.weights,
        "is_exact": config.optimizer is Optimizer.EXACT,
        "is_remembering": config.freeze is Freeze.BACKBONE and config.augment is Augment.OFF,
        "created_at": run.created_at.isoformat(),
        "seconds": run.seconds,
        "epochs": config.epochs,
        "epochs_done": run.epochs_done,
        "best_epoch": run.best_epoch,
        "val_accuracy": run.val_accuracy,
        "balanced_accuracy": balanced_accuracy(run.val_confusion) if n else None,
        "is_unequal": is_unequal([sum(row) for row in run.val_confusion]),
        "n": n,
        "hits": hits,
        "low": low,
        "high": high,
        "class_names": run.class_names,
        "repeats": run.repeats,
        "progress": shown_progress(run.progress),
    }


def shown_progress(progress: Progress) -> dict[str, Any]:
    """Return how far a run is."""
    return {
        "phase": progress.phase,
        "done": progress.done,
        "total": progress.total,
        "epoch": progress.epoch,
        "epochs": progress.epochs,
        "images_per_s": progress.images_per_s,
        "seconds_left": progress.seconds_left,
    }


def titled(run: Run) -> str:
    """Return what a run is called: by its comparison, else by the preset it is nearest to."""
    if run.comparison_id is not None:
        return f"{run.label} (comparison {run.comparison_id})"
    preset, differing = nearest_preset(FinetuneConfig.from_json(run.config_json))
    name = PRESET_WORDS[preset].name
    return f"{name}, changed" if differing else name


def settings_in_words(app: App, run: Run) -> list[dict[str, Any]]:
    """Return every setting that counted, in words; what the run found out itself where known."""
    config = FinetuneConfig.from_json(run.config_json)
    _, differing = nearest_preset(config)
    own_px = re.search(r"(\d+) px", run.weights)
    used = {
        "weights": run.weights[:1].upper() + run.weights[1:],
        "balance": what_was_done(app.workspace, run, config.balance),
    }
    if config.image_size_px is None and own_px:
        used["image_size_px"] = f"{own_px[1]} pixels"
    return [
        {
            "label": words.label,
            "value": used.get(words.name) or _value(words, getattr(config, words.name)),
            "is_changed": words.name in differing,
        }
        for words in SETTINGS
        if words.only_if is None or getattr(config, words.only_if[0]) in words.only_if[1]
    ]


def _value(words: SettingWords, value: object) -> str:
    options, unit = dict(words.options), words.unit
    if value is None:
        return _UNSET[words.name]
    if isinstance(value, bool):
        return options[str(value).lower()]
    if isinstance(value, str):
        return options.get(value, value)
    if options:
        return f"the first {value} stages"
    return f"{value:g} {unit}".strip() if isinstance(value, float) else f"{value} {unit}".strip()


def _stage_problems(app: App, wish: Wish, config: FinetuneConfig) -> dict[str, str]:
    """Check what only the networks know; presets alone are right and do not load torch for it."""
    if "backbone" not in wish.values and isinstance(config.freeze, Freeze):
        return {}
    try:
        app.runs.check(config)
    except InvalidConfigError as error:
        return {"freeze": str(error)}
    return {}


def _is_best(epoch: EpochMetrics) -> bool:
    """Whether it was the best until then, by what the run is judged by."""
    return epoch.is_best


def _number(epoch: EpochMetrics) -> int:
    return epoch.epoch


def _epoch(epoch: EpochMetrics) -> dict[str, Any]:
    return {
        "epoch": epoch.epoch,
        "train_loss": epoch.train_loss,
        "val_loss": epoch.val_loss,
        "train_accuracy": epoch.train_accuracy,
        "val_accuracy": epoch.val_accuracy,
    }


def _thinned(epochs: list[EpochMetrics]) -> list[EpochMetrics]:
    stride = -(-len(epochs) // _MOST_POINTS) or 1
    return epochs[::-1][::stride][::-1]  # from the end, so that the newest is always there


def _steps(app: App, run: Run) -> list[tuple[float, float]]:
    """Return (epochs passed, loss) of the steps so far."""
    progress = run.progress
    if not progress.epochs or not progress.total:
        return []
    per_epoch = progress.total / progress.epochs
    losses = app.runs.step_losses(run.id, at_most=_MOST_POINTS // 2)
    return [(round(step / per_epoch, 3), loss) for step, loss in losses if loss is not None]
