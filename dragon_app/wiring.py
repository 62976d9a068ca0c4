"""The composition root: opens a workspace and joins the layers; the one place that knows all."""

import logging
import logging.handlers
import threading
from dataclasses import dataclass
from pathlib import Path

from dragon_app.core.errors import WorkspaceError
from dragon_app.core.ports import Vision
from dragon_app.core.presence import Presence
from dragon_app.services.backbones import Backbones
from dragon_app.services.comparing import Comparing
from dragon_app.services.dataset import Dataset
from dragon_app.services.drawing import Drawing
from dragon_app.services.embedding import Embedding
from dragon_app.services.explaining import Explaining
from dragon_app.services.exporting import Exporting
from dragon_app.services.folding import Folding
from dragon_app.services.gains import Gains
from dragon_app.services.history import History
from dragon_app.services.importing import Importing
from dragon_app.services.inbox import Inbox
from dragon_app.services.inspecting import Inspecting
from dragon_app.services.labelling import Labelling
from dragon_app.services.measuring import Measuring
from dragon_app.services.ordering import Ordering
from dragon_app.services.packing import Packing
from dragon_app.services.prediction import Predictions
from dragon_app.services.repeating import Repeating
from dragon_app.services.results import Results
from dragon_app.services.runs import Runs
from dragon_app.services.shortcuts import ShortcutFinder
from dragon_app.services.strangers import Strangers
from dragon_app.services.suggesting import Suggesting
from dragon_app.services.teaching import Teaching
from dragon_app.storage.set_aside import set_aside_words
from dragon_app.storage.workspace import Workspace, open_for_reading, open_workspace

DEFAULT_WORKSPACE = Path(__file__).resolve().parent.parent / "data" / "workspace"

_LOGGED = ("dragon_app", "uvicorn.error")  # our own words, and bugs in the page's routes
_LOG = logging.getLogger(__name__)
# Two threads that load torch at once hold each other up, and all others.
_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class App:
    """An open workspace with everything a user can do on it."""

    workspace: Workspace
    presence: Presence
    dataset: Dataset
    labelling: Labelling
    drawing: Drawing
    importing: Importing
    exporting: Exporting
    history: History
    runs: Runs
    repeating: Repeating
    results: Results
    folding: Folding
    shortcuts: ShortcutFinder
    predictions: Predictions
    explaining: Explaining
    strangers: Strangers
    packing: Packing
    teaching: Teaching
    backbones: Backbones
    measuring: Measuring
    embedding: Embedding
    suggesting: Suggesting
    ordering: Ordering
    inbox: Inbox
    gains: Gains
    comparing: Comparing
    log: logging.Handler | None

    def close(self) -> None:
        """Stop training, keep what it reached, and let another process open the workspace."""
        self.drawing.close()
        self.importing.close()
        self.folding.close()
        self.shortcuts.close()
        self.inbox.close()
        self.backbones.close()
        self.suggesting.close()
        self.strangers.close()
        self.measuring.close()
        if self.runs.close():
            self.workspace.close()
        else:  # a step that takes minutes; the lock goes with the process
            _LOG.warning("training did not end in time: %s stays locked", self.workspace.folder)
        if self.log is not None:
            for name in _LOGGED:
                logging.getLogger(name).removeHandler(self.log)
            self.log.close()


class Session:
    """The workspace that the page shows, which may be changed for another one.

    Shared between threads: `app`, one reference that is swapped whole.
    """

    def __init__(self, folder: Path) -> None:
        self._changing = threading.Lock()
        self.app = open_app(folder)

    def begin(self) -> None:
        """Go on with the runs that waited when the workspace was last closed, suggest,
        and draw on at a sample.
        """
        self.app.presence.note()  # who opens the app wants the page first
        self.app.runs.take_up_queue()
        self.app.suggesting.open()
        self.app.drawing.take_up()

    def open(self, folder: Path) -> None:
        """Go over to another workspace; when it cannot be opened, stay with the present one."""
        with self._changing:
            if folder.resolve() == self.app.workspace.folder.resolve():
                return
            previous, self.app = self.app, open_app(folder)
            previous.close()
            self.begin()

    def close(self) -> None:
        """Close the workspace that is open."""
        self.app.close()


def open_app(folder: Path) -> App:
    """Open a workspace for writing; raise `WorkspaceError` when it is in use or not writable."""
    workspace = open_workspace(folder)
    try:
        app = _assemble(workspace, _log_to(folder / "dragon.log"))
        if count := workspace.set_aside.count():
            _LOG.warning("%s", set_aside_words(count, workspace.set_aside.folder))
    except BaseException:
        workspace.close()
        raise
    try:
        app.runs.open()
    except BaseException:
        app.close()
        raise
    return app


def open_reader(folder: Path) -> App:
    """Open a workspace to look at it, also while another process writes."""
    return _assemble(open_for_reading(folder), None)


def vision() -> Vision:
    """Load the networks; takes seconds the first time, because it imports torch."""
    from dragon_app.vision.loading import loading_beside

    with _loading, loading_beside():
        from dragon_app.vision.port import TorchVision

    return TorchVision()


def _assemble(workspace: Workspace, log: logging.Handler | None) -> App:
    measuring = Measuring(workspace, vision, is_training=lambda: runs.is_training())
    shortcuts = ShortcutFinder(workspace, is_busy=lambda: runs.is_training())
    runs = Runs(workspace, vision, make_room=measuring.make_room, on_over=shortcuts.read_photos)
    strangers = Strangers(workspace, is_busy=lambda: runs.is_training())
    predictions = Predictions(workspace, vision, strangers)
    dataset = Dataset(workspace)

    def is_busy() -> bool:
        return runs.is_training() or measuring.is_at_work()

    presence = Presence()
    embedding = Embedding(workspace, vision, is_busy=is_busy, presence=presence)
    suggesting = Suggesting(workspace, vision, embedding, is_busy=is_busy, presence=presence)
    labelling = Labelling(workspace)
    history, results = History(workspace), Results(workspace, vision)
    inspecting = Inspecting(workspace, vision, results, history)
    return App(
        workspace=workspace,
        presence=presence,
        dataset=dataset,
        labelling=labelling,
        drawing=Drawing(workspace, dataset),
        importing=Importing(workspace, dataset),
        exporting=Exporting(workspace),
        history=history,
        runs=runs,
        predictions=predictions,
        explaining=Explaining(workspace, predictions),
        strangers=strangers,
        packing=Packing(workspace, vision),
        teaching=Teaching(workspace, dataset, labelling),
        repeating=Repeating(workspace, vision, runs),
        results=results,
        folding=Folding(workspace, vision, is_training=runs.is_training),
        shortcuts=shortcuts,
        backbones=Backbones(vision),
        measuring=measuring,
        embedding=embedding,
        suggesting=suggesting,
        ordering=Ordering(workspace, embedding, head=suggesting.head),
        inbox=Inbox(workspace, dataset, embedding, inspecting, is_busy=is_busy),
        gains=Gains(workspace, results, history),
        comparing=Comparing(workspace, runs, measuring, predictions),
        log=log,
    )


class _LogFile(logging.handlers.RotatingFileHandler):
    """A log that a full disk silences: its tracebacks would stand among what a person reads."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # as logging calls it
        """Let the line go."""


def _log_to(path: Path) -> logging.Handler:
    try:
        handler = _LogFile(path, maxBytes=2_000_000, backupCount=2, encoding="utf-8")
    except OSError as error:
        raise WorkspaceError(f"Cannot write the log file {path} ({error.strerror}).") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in _LOGGED:
        logging.getLogger(name).addHandler(handler)
    logging.getLogger("dragon_app").setLevel(logging.INFO)
    return handler
