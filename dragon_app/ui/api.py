"""The HTTP API for scripts: Gradio's named endpoints over the same services as page and shell.

`POST /gradio_api/run/NAME {"data": [...]}`. Photos come as base64, never as paths on this machine;
for many of them `POST /dragon/uploads` takes files.
"""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

import gradio as gr

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import BadImageError, DragonError, NotFoundError
from dragon_app.core.inbox import Kind
from dragon_app.core.names import name_key
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.core.strategies import Compared
from dragon_app.core.training import Run
from dragon_app.services.forewarning import warnings_before
from dragon_app.services.intake import IncomingFile
from dragon_app.services.measuring import MeasureStatus
from dragon_app.ui.routes.comparing import shown_standing
from dragon_app.ui.routes.inbox import shown_inbox
from dragon_app.ui.routes.promotions import shown_promotions
from dragon_app.ui.routes.shortcuts import shown_shortcuts
from dragon_app.ui.routes.steps import as_seen, redo_step, undo_step
from dragon_app.wiring import App, Session

_ASK_EVERY_S = 0.5
_SCRIPT = "script"  # signs labels, undo and redo in the journal
P = ParamSpec("P")
T = TypeVar("T")


def build(session: Session) -> None:
    """Declare the endpoints."""
    parts = (_reading, _labelling, _training, _measuring, _comparing, _promoting)
    for endpoint in (each for part in parts for each in part(session)):
        gr.api(
            _in_words(endpoint),
            api_name=endpoint.__name__,
            api_description=endpoint.__doc__,
            concurrency_limit=None,
        )


def _reading(session: Session) -> tuple[Callable[..., Any], ...]:
    def status() -> dict[str, Any]:
        """Say what the workspace holds."""
        app = session.app
        summary = app.dataset.summary()
        current = app.predictions.current_run()
        return {
            "workspace": app.workspace.folder.name,
            "images": summary.total,
            "unlabelled": summary.unlabelled,
            "binned": summary.binned,
            "missing": list(summary.missing),
            "try_run": None if current is None else current.id,
        }

    def classes() -> list[dict[str, Any]]:
        """List the classes with their photos."""
        return [
            {
                "id": count.image_class.id,
                "name": count.image_class.name,
                "colour": count.image_class.colour,
                "train": count.train,
                "val": count.val,
                "test": count.test,
            }
            for count in session.app.dataset.summary().classes
        ]

    def runs() -> list[dict[str, Any]]:
        """List the runs, newest first."""
        return [_run(run) for run in session.app.runs.all()]

    def predict(photo_base64: str, run: int | None = None) -> dict[str, Any]:
        """Name what is on a photo."""
        (answer,) = session.app.predictions.predict([_photo("photo", photo_base64)], run_id=run)
        if answer.error:
            raise BadImageError(f"The photo {answer.error}.")
        return {
            "run": answer.run_id,
            "milliseconds": round(answer.milliseconds, 2),
            "classes": [{"name": c.name, "probability": c.probability} for c in answer.classes],
        }

    def inbox(most: int = 50, kind: str | None = None) -> dict[str, Any]:
        """List photos worth another look, the likeliest faults first; `status` says how far it is.

        The first question begins to make the list: ask again while it is "working".
        """
        if kind is not None and kind not in set(Kind):
            raise NotFoundError(f"There is no kind {kind!r}. There are: {', '.join(Kind)}.")
        return shown_inbox(session.app, offset=0, limit=most, kind=Kind(kind) if kind else None)

    def shortcuts(run: int | None = None) -> dict[str, Any]:
        """Say whether size, light or border alone gives a class away, in a run or as of now."""
        finder = session.app.shortcuts
        return shown_shortcuts(finder.of_today() if run is None else finder.of_run(run))

    return status, classes, runs, predict, inbox, shortcuts


def _labelling(session: Session) -> tuple[Callable[..., Any], ...]:
    def add(photo_base64: str, name: str, class_name: str | None = None) -> dict[str, Any]:
        """Add a photo, labelled if a class is named; the class is made when there is none."""
        file = _photo(name, photo_base64)
        result = session.app.dataset.add([file], class_name=class_name or None)
        if result.refused:
            raise BadImageError(f"{result.refused[0].name} {result.refused[0].reason}.")
        return {"image_id": result.image_ids[0], "is_new": bool(result.added)}

    def label(
        image_ids: list[int], class_name: str | None, batch: str | None = None
    ) -> dict[str, Any]:
        """Give photos a class, or none; a repeated `batch`, an id of yours, is done once."""
        labelling = session.app.labelling
        class_id = None
        if class_name:
            key = name_key(class_name)
            known = [c.id for c in labelling.classes() if name_key(c.name) == key]
            if not known:
                raise NotFoundError(f"There is no class {class_name!r}.")
            class_id = known[0]
        result = labelling.assign(image_ids, class_id, batch=batch, who=_SCRIPT)
        return {"changed": result.changed}

    def keep(
        image_ids: list[int], class_ids: list[int | None], batch: str | None = None
    ) -> dict[str, Any]:
        """Say that photos of the inbox are right with the class each was seen with, or none."""
        result = session.app.inbox.keep(as_seen(image_ids, class_ids), batch=batch, who=_SCRIPT)
        return {"changed": result.changed, "left": result.left}

    def undo(batch: str | None = None) -> dict[str, Any]:
        """Take back the newest change of photos; a repeated `batch` changes nothing."""
        return undo_step(session.app.labelling, batch, who=_SCRIPT)

    def redo(batch: str | None = None) -> dict[str, Any]:
        """Put back what the newest undo took back; a repeated `batch` changes nothing."""
        return redo_step(session.app.labelling, batch, who=_SCRIPT)

    return add, label, keep, undo, redo


def _training(session: Session) -> tuple[Callable[..., Any], ...]:
    def train(preset: str = "balanced", settings: dict[str, Any] | None = None) -> dict[str, Any]:
        """Start a run with a preset's settings, or with some of them changed."""
        config = _config(preset, settings)
        app = session.app
        app.runs.check(config)
        warnings = _warnings(app, config)  # first: they may fail, and then nothing is begun
        return _run(app.runs.start(config)) | warnings

    def stop(run: int) -> dict[str, Any]:
        """Stop a run; what it has learned so far is kept."""
        runs = session.app.runs
        runs.stop(run)
        return _run(runs.get(run))

    def pause(run: int) -> dict[str, Any]:
        """Let a run rest; what it has learned and where it stands is kept."""
        runs = session.app.runs
        runs.pause(run)
        return _run(runs.get(run))

    def resume(run: int) -> dict[str, Any]:
        """Let a run go on that was paused or cut off."""
        return _run(session.app.runs.resume(run))

    def extend(run: int, epochs: int) -> dict[str, Any]:
        """Train a run that is over for so many more epochs."""
        return _run(session.app.runs.extend(run, epochs))

    return train, stop, pause, resume, extend


def _measuring(session: Session) -> tuple[Callable[..., Any], ...]:
    def freezing_costs(
        preset: str = "balanced", settings: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Say what training costs here for every number of frozen stages; measures at first."""
        config = _config(preset, settings)
        measuring = session.app.measuring
        while (answer := measuring.costs(config)).status is MeasureStatus.MEASURING:
            measuring.wait(timeout_s=_ASK_EVERY_S)
        if answer.costs is None:
            raise DragonError(answer.words)
        return asdict(answer.costs)

    def find_rate(
        preset: str = "balanced", settings: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Look for a learning rate on the labelled photos: (rate, loss), and the one to take."""
        measuring = session.app.measuring
        search = measuring.find_rate(_config(preset, settings))
        while search.status is MeasureStatus.MEASURING:
            measuring.wait(timeout_s=_ASK_EVERY_S)
            search = measuring.rate()
        if search.status is not MeasureStatus.READY:
            raise DragonError(search.words)
        return {"suggestion": search.suggestion, "points": search.points, "words": search.words}

    return freezing_costs, find_rate


def _comparing(session: Session) -> tuple[Callable[..., Any], ...]:
    def compare(
        what: str = "strategies",
        preset: str = "balanced",
        settings: dict[str, Any] | None = None,
        epochs: int | None = None,
    ) -> dict[str, Any]:
        """Start runs that differ in what learns (strategies), or in the learning rate (rates)."""
        if what not in set(Compared):
            raise NotFoundError(f"{what!r} cannot be compared. There are: {', '.join(Compared)}.")
        config = _config(preset, settings)
        warnings = _warnings(session.app, config)
        standing = session.app.comparing.start(Compared(what), config, epochs=epochs)
        return shown_standing(standing) | warnings

    def comparison(number: int) -> dict[str, Any]:
        """Say how a comparison stands, and which run won."""
        return shown_standing(session.app.comparing.get(number))

    return compare, comparison


def _promoting(session: Session) -> tuple[Callable[..., Any], ...]:
    def promote(run: int) -> dict[str, Any]:
        """Let a run answer in Try and `predict` from now on; the one before is kept."""
        session.app.predictions.choose_run(run)
        return shown_promotions(session.app)

    def step_back() -> dict[str, Any]:
        """Let the run answer again that did before the last promotion."""
        session.app.predictions.step_back()
        return shown_promotions(session.app)

    return promote, step_back


def _config(preset: str, settings: dict[str, Any] | None) -> FinetuneConfig:
    if preset not in set(Preset):
        raise NotFoundError(f"There is no preset {preset!r}. There are: {', '.join(Preset)}.")
    if settings and settings.get("weights_file"):
        raise DragonError("Weights from a file are for the shell: no path is taken over HTTP.")
    return PRESETS[Preset(preset)].changed(settings or {})


def _warnings(app: App, config: FinetuneConfig) -> dict[str, Any]:
    return {"warnings": warnings_before(config, backbones=app.backbones, dataset=app.dataset)}


def _run(run: Run) -> dict[str, Any]:
    return {
        "run": run.id,
        "status": str(run.status),
        "val_accuracy": run.val_accuracy,
        "epochs": run.epochs_done,
        "seconds": round(run.seconds, 2),
        "weights": run.weights,
        "classes": list(run.class_names),
        "reason": run.reason,
        "config": json.loads(run.config_json),
    }


def _photo(name: str, photo_base64: str) -> IncomingFile:
    try:
        data = base64.b64decode(photo_base64.partition("base64,")[2] or photo_base64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadImageError(f"The photo is not base64 ({error}).") from error
    last = name.replace("\\", "/").rsplit("/", 1)[-1].strip()
    return IncomingFile(
        name=last[-200:] or "photo", read=partial(bytes, data), size_bytes=len(data)
    )


def _in_words(endpoint: Callable[P, T]) -> Callable[P, T]:
    """Let a `DragonError` reach the caller as its words; anything else stays inside."""

    @wraps(endpoint)
    def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return endpoint(*args, **kwargs)
        except DragonError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return answer
