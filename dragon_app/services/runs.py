"""Training runs: queue them, watch them, stop them. One worker thread; everything to see is stored.

Knows no tensor: training is a port. A run's truth is in the database, so that any page, tab or
shell sees the same.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from dragon_app.core.config import FinetuneConfig, Freeze
from dragon_app.core.errors import (
    DragonError,
    InvalidConfigError,
    NotEnoughImagesError,
)
from dragon_app.core.machine import provenance_now
from dragon_app.core.ports import Vision
from dragon_app.core.provenance import Origin
from dragon_app.core.split import missing_photos
from dragon_app.core.threads import work_in_background
from dragon_app.core.training import (
    CacheFolder,
    EpochMetrics,
    FinetuneResult,
    Phase,
    Progress,
    Run,
    RunFolders,
    RunStatus,
    StepMetrics,
    TrainingEvent,
)
from dragon_app.services.snapshots import training_photos
from dragon_app.storage.workspace import Workspace

_WRITE_EVERY_S = 0.25
_CUT_OFF = "The app ended while this run was training. Start it again."
_LOG = logging.getLogger(__name__)


class Runs:
    """The runs of a workspace. Safe from several threads.

    Shared with the worker: the queue, and `_stops`, one event for each run not yet over.
    """

    def __init__(
        self, workspace: Workspace, vision: Callable[[], Vision], *, make_room: Callable[[], None]
    ) -> None:
        """`make_room` is called before a run computes: whatever else does has to end."""
        self._workspace = workspace
        self._vision = vision
        self._make_room = make_room
        self._queue: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._stops: dict[int, threading.Event] = {}
        self._is_closing = threading.Event()
        self._worker = threading.Thread(target=self._work, name="trainer", daemon=True)

    def open(self) -> None:
        """Mark runs that a crash cut off, and start the worker."""
        for run in self._workspace.runs.with_status(RunStatus.RUNNING):
            self._workspace.runs.end(run.id, RunStatus.INTERRUPTED, _CUT_OFF)
        self._worker.start()

    def take_up_queue(self) -> None:
        """Go on with the runs that waited when the app was last closed."""
        for run in self._workspace.runs.with_status(RunStatus.QUEUED):
            self._enqueue(run.id)

    def missing(self) -> list[str]:
        """Say what training still lacks; empty when it can start."""
        return missing_photos(self._workspace.classes.counts())

    def check(self, config: FinetuneConfig) -> None:
        """Raise `DragonError` when the backbone is unknown or has fewer stages than are frozen."""
        stages = self._vision().backbone(config.backbone).stages
        if not isinstance(config.freeze, Freeze) and config.freeze > len(stages):
            raise InvalidConfigError(
                f"{config.backbone} has {len(stages)} stages; {config.freeze} cannot be frozen."
            )

    def start(self, config: FinetuneConfig) -> Run:
        """Queue a run on the photos as they are now; raise `NotEnoughImagesError` when too few."""
        missing = self.missing()
        if missing:
            raise NotEnoughImagesError(f"Training cannot start yet: {'; '.join(missing)}.")
        return self.start_on(config, self._workspace.snapshots.take().id)

    def start_on(
        self, config: FinetuneConfig, snapshot_id: int, *, repeats: int | None = None
    ) -> Run:
        """Queue a run on photos as they were; `repeats` is the run that it is to repeat."""
        run = self._workspace.runs.create(config.to_json(), snapshot_id, repeats=repeats)
        self._enqueue(run.id)
        return run

    def line_up(self, run_ids: Iterable[int]) -> None:
        """Let runs that are stored as waiting take their turn, in this order."""
        for run_id in run_ids:
            self._enqueue(run_id)

    def stop(self, run_id: int) -> None:
        """End a run at its next batch, or before it began; a run that is over stays as it is."""
        self.get(run_id)
        if self._workspace.runs.end_waiting(run_id, "Stopped before it began."):
            return
        stop = self._stops.get(run_id)
        if stop is not None:
            stop.set()

    def is_training(self) -> bool:
        """Whether a run is at work, or waits for the worker."""
        return bool(self._stops)

    def is_stopping(self, run_id: int) -> bool:
        """Whether a run was asked to stop and is not over yet."""
        stop = self._stops.get(run_id)
        return stop is not None and stop.is_set()

    def wait(self, run_id: int, *, poll_s: float = 0.1) -> Run:
        """Block until a run is over and return it."""
        while not self.is_over(run_id):
            time.sleep(poll_s)
        return self.get(run_id)

    def is_over(self, run_id: int) -> bool:
        """Whether the worker is done with a run, even if a full disk kept its end from the rows."""
        return run_id not in self._stops or self.get(run_id).status.is_final

    def get(self, run_id: int) -> Run:
        """Return a run; raise `NotFoundError` when there is none with this number."""
        return self._workspace.runs.get(run_id)

    def all(self) -> list[Run]:
        """Return every run, newest first; one that a crash cut off is shown as interrupted."""
        runs = self._workspace.runs.all()
        is_running = any(run.status is RunStatus.RUNNING for run in runs)
        if not is_running or not self._workspace.is_abandoned():
            return runs
        return [
            replace(run, status=RunStatus.INTERRUPTED, reason=_CUT_OFF)
            if run.status is RunStatus.RUNNING
            else run
            for run in runs
        ]

    def newest(self) -> int:
        """Return the number of the newest run, 0 when there is none; costs little."""
        return self._workspace.runs.newest()

    def unfinished(self) -> list[Run]:
        """Return the runs that are not over: the one at work first, then the queue."""
        return self._workspace.runs.unfinished()

    def epochs(self, run_id: int) -> list[EpochMetrics]:
        """Return the measurements after each pass, in order."""
        return self._workspace.runs.epochs(run_id)

    def step_losses(self, run_id: int, *, at_most: int = 400) -> list[tuple[int, float | None]]:
        """Return (step, loss) in order, thinned evenly to at most so many."""
        losses = self._workspace.runs.step_losses(run_id)
        stride = -(-len(losses) // at_most) or 1
        return losses[::stride]

    def close(self, *, timeout_s: float = 60) -> bool:
        """Stop the run in progress, keep what it reached; return whether the worker has ended."""
        self._is_closing.set()
        for stop in list(self._stops.values()):
            stop.set()
        if self._worker.is_alive():
            self._queue.put(None)
            self._worker.join(timeout_s)
        return not self._worker.is_alive()

    def _enqueue(self, run_id: int) -> None:
        stop = threading.Event()
        if self._stops.setdefault(run_id, stop) is stop:  # else it waits already
            self._queue.put(run_id)

    def _work(self) -> None:
        work_in_background()  # labelling and looking go first; torch's own threads inherit it
        while (run_id := self._queue.get()) is not None:
            if self._is_closing.is_set():
                continue  # still queued in the database: the next start takes it up
            try:
                self._execute(run_id, self._stops[run_id])
            except DragonError as error:
                self._fail(run_id, str(error))
            except Exception as error:  # noqa: BLE001  # a bug ends one run, not the queue
                _LOG.exception("run %s failed", run_id)
                reason = f"Something went wrong inside the app ({error}). The log file has details."
                self._fail(run_id, reason)
            finally:
                self._stops.pop(run_id, None)

    def _fail(self, run_id: int, reason: str) -> None:
        try:
            self._workspace.runs.end(run_id, RunStatus.FAILED, reason)
        except Exception:  # noqa: BLE001  # a full disk; the next start marks the run as interrupted
            _LOG.exception("run %s could not be marked as failed: %s", run_id, reason)

    def _execute(self, run_id: int, stop: threading.Event) -> None:
        store = self._workspace.runs
        run = store.get(run_id)
        if not store.begin(run_id):
            return  # stopped while it waited
        recorder = _Recorder(self._workspace, run_id)
        folders = RunFolders(
            checkpoints=self._workspace.runs_folder / str(run_id),
            cache=CacheFolder(path=self._workspace.cache_folder),
        )
        result: FinetuneResult | None = None
        try:
            recorder(Phase(words="Starting the training engine"))
            self._make_room()
            result = self._vision().finetune(
                FinetuneConfig.from_json(run.config_json),
                training_photos(self._workspace, self._workspace.snapshots.get(run.snapshot_id)),
                folders,
                report=recorder,
                should_stop=stop.is_set,
            )
        except DragonError:
            if not stop.is_set():
                raise
        finally:
            recorder.flush()
        if result is None:
            store.end(run_id, *self._stopped())
            return
        relative = result.checkpoint.relative_to(self._workspace.folder).as_posix()
        store.add_checkpoint(run_id, result, folder=relative)
        if result.val_probabilities is not None:
            self._workspace.answers.put(relative, result.val_probabilities)
        if result.was_stopped:
            store.end(run_id, *self._stopped())
        elif result.reason:
            store.end(run_id, RunStatus.FAILED, result.reason)
        else:
            store.end(run_id, RunStatus.FINISHED, result.enough)

    def _stopped(self) -> tuple[RunStatus, str]:
        if self._is_closing.is_set():
            return RunStatus.INTERRUPTED, "The app was closed while this run was training."
        return RunStatus.STOPPED, "Stopped by hand."


class _Recorder:
    """Turns training events into progress and metrics, written at most 4 times a second."""

    def __init__(self, workspace: Workspace, run_id: int) -> None:
        self._workspace = workspace
        self._run_id = run_id
        self._progress = Progress()
        self._steps_in_all = 0
        self._steps: list[StepMetrics] = []
        self._epochs: list[EpochMetrics] = []
        self._written_at = 0.0

    def __call__(self, event: TrainingEvent) -> None:
        if isinstance(event, Phase):
            self._progress = replace(
                self._progress, phase=event.words, done=event.done, total=event.total
            )
        elif isinstance(event, StepMetrics):
            done = (event.epoch - 1) * event.steps_per_epoch + event.step
            self._steps_in_all = event.steps_per_epoch * event.epochs
            self._steps.append(replace(event, step=done))  # one count over all epochs
            self._advance(event, phase="Learning", done=done)
        elif isinstance(event, Origin):
            self._workspace.provenances.add(self._run_id, provenance_now(event))
        else:
            self._epochs.append(event)
            done = self._steps_in_all * event.epoch // event.epochs
            self._advance(event, phase="Measured", done=done)
        if time.monotonic() - self._written_at >= _WRITE_EVERY_S:
            self.flush()

    def _advance(self, event: StepMetrics | EpochMetrics, *, phase: str, done: int) -> None:
        self._progress = Progress(
            phase=phase,
            done=done,
            total=self._steps_in_all,
            epoch=event.epoch,
            epochs=event.epochs,
            images_per_s=event.images_per_s,
            seconds_left=event.seconds_left,
        )

    def flush(self) -> None:
        """Write what has not been written yet."""
        self._workspace.runs.record(
            self._run_id, progress=self._progress, steps=self._steps, epochs=self._epochs
        )
        self._steps, self._epochs = [], []
        self._written_at = time.monotonic()
