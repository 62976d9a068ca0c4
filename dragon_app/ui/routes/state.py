"""What every open tab asks every two seconds: counts, the run at work, the model that answers."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.hotkeys import keys
from dragon_app.core.training import Run, RunStatus
from dragon_app.core.types import ClassCount
from dragon_app.services.dataset import DatasetSummary
from dragon_app.ui.routes.answers import workspace_key
from dragon_app.ui.routes.runs import shown_progress
from dragon_app.ui.routes.samples import shown_drawing
from dragon_app.ui.routes.suggestions import shown_help
from dragon_app.wiring import Session


def router(session: Session) -> APIRouter:
    """Serve `/dragon/state`."""
    routes = APIRouter(prefix="/dragon")

    @routes.get("/state")
    def state() -> dict[str, Any]:
        app = session.app
        folder = app.workspace.folder
        active = app.runs.unfinished()
        model = app.predictions.current_run()
        drawing = app.drawing.now()
        return {
            "workspace": {
                "name": folder.name,
                "folder": str(folder),
                "key": workspace_key(folder),
            },
            "revision": app.dataset.revision(),
            "summary": _summary(app.dataset.summary()),
            "drawing": None if drawing is None else shown_drawing(drawing),
            "help": shown_help(app),
            "run": _run(active[0]) if active else None,
            "newest_run": app.runs.newest(),
            "waiting": max(0, len(active) - 1),
            "paused": [run.id for run in app.runs.paused()],
            "model": None if model is None else _model(model),
        }

    return routes


def _summary(summary: DatasetSummary) -> dict[str, Any]:
    return {
        "total": summary.total,
        "unlabelled": summary.unlabelled,
        "skipped": summary.skipped,
        "binned": summary.binned,
        "missing": summary.missing,
        "classes": _classes(summary.classes),
    }


def _classes(counts: Sequence[ClassCount]) -> list[dict[str, Any]]:
    key = keys([count.image_class for count in counts])
    return [
        {
            "id": count.image_class.id,
            "name": count.image_class.name,
            "colour": count.image_class.colour,
            "key": key.get(count.image_class.id),
            "hotkey": count.image_class.hotkey,
            "is_disabled": count.image_class.is_disabled,
            "train": count.train,
            "val": count.val,
            "test": count.test,
            "total": count.total,
        }
        for count in counts
    ]


def _model(run: Run) -> dict[str, Any]:
    """Describe what answers in Try: of a run that is not over, its best epoch so far."""
    return {
        "run": run.id,
        "val_accuracy": run.val_accuracy,
        "classes": run.class_names,
        "epoch": run.best_epoch,
        "epochs": FinetuneConfig.from_json(run.config_json).epochs,
        "is_over": run.status.is_final,
        "is_paused": run.status is RunStatus.PAUSED,
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "status": run.status,
        **shown_progress(run.progress),
    }
