"""Training runs: queue, watch, pause, stop, take up. One worker thread; all to see is stored.

Knows no tensor: training is a port. A run's truth is in the database, so that any page, tab or
shell sees the same.
"""

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence

from dragon_app.core.config import FinetuneConfig, Freeze
from dragon_app.core.errors import (
    DragonError,
    InvalidConfigError,
    NotEnoughImagesError,
    NothingKeptError,
)
from dragon_app.core.ports import Vision
from dragon_app.core.split import missing_photos
from dragon_app.core.threads import work_in_background
from dragon_app.core.training import (
    CacheFolder,
    EpochMetrics,
    FinetuneResult,
    Phase,
    Run,
    RunFolders,
    RunStatus,
)
from dragon_app.services import going_on
from dragon_app.services.recording import Recorder
from dragon_app.services.snapshots import training_photos
from dragon_app.storage.standings import KEPT
from dragon_app.storage.workspace import Workspace

_LOG = logging.getLogger(__name__)


_End = tuple[RunStatus, str]  # how a run ends, and why in words
_STOPPED: _End = RunStatus.STOPPED, "Stopped by hand."
_PAUSED: _End = RunStatus.PAUSED, ""
_CLOSED: _End = RunStatus.INTERRUPTED, "The app was closed while this run was training."


class _Wish(threading.Event):
    """Set when a run is to end at its next batch, in this way."""

    end = _STOPPED


class Runs:
    """The runs of a workspace. Safe from several threads.

    Shared with the worker: the queue, and `_wishes`, one for each run that is at work or waits.
    """

    def __init__(
        self, workspace: Workspace, vision: Callable[[], Vision], *, make_room: Callable[[], None]
    ) -> None:
        """`make_room` is called before a run computes: whatever else does has to end."""
        self._workspace = workspace
        self._vision = vision
        self._make_room = make_room
        self._queue: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._wishes: dict[int, _Wish] = {}
        self._is_closing = threading.Event()
        self._worker = threading.Thread(target=self._work, name="trainer", daemon=True)

    def open(self) -> None:
        """Mark runs that a crash cut off, and start the worker."""
        for run in self._workspace.runs.with_status(RunStatus.RUNNING):
            self._workspace.standings.tidy(run.id, self._workspace.run_folder(run.id))
            self._workspace.runs.cut_off(run.id, going_on.cut_off_words(run))
        self._worker.start()

    def take_up_queue(self) -> None:
        """Go on with the runs that waited when the app was last closed."""
        for run in self._workspace.runs.with_status(RunStatus.QUEUED):
            if run.id not in self._wishes:  # else it waits already
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
        run = self.get(run_id)
        store = self._workspace.runs
        words = "Stopped by hand." if run.epochs_done else "Stopped before it began."
        if store.end_waiting(run_id, words):
            return
        if not store.change(run_id, RunStatus.PAUSED, RunStatus.STOPPED, "Stopped by hand."):
            self._wish(run_id, _STOPPED)

    def pause(self, run_id: int) -> None:
        """Let a run rest from its next batch on; one that waits leaves the queue."""
        self.get(run_id)
        if not self._workspace.runs.change(run_id, RunStatus.QUEUED, RunStatus.PAUSED):
            self._wish(run_id, _PAUSED)

    def resume(self, run_id: int) -> Run:
        """Queue a run that was paused or cut off, to go on where it stood, on the same photos.

        Raise `DragonError` when there is nothing to go on with.
        """
        run = self.get(run_id)
        if self.is_stopping(run_id):
            raise DragonError(f"Run {run_id} is still ending its batch. Try again in a moment.")
        if run.status in {RunStatus.QUEUED, RunStatus.RUNNING}:
            return run
        going_on.check_resume(run)
        return self._take_up(run, run.config_json, run.extended_at)

    def extend(self, run_id: int, epochs: int) -> Run:
        """Queue a run that is over for so many more epochs than it has done, on the same photos.

        The learning rate moves as if it had been planned for all of them. Raise `DragonError` when
        it cannot go on.
        """
        run = self.get(run_id)
        config = going_on.extended(run, epochs)
        return self._take_up(run, config.to_json(), (*run.extended_at, run.epochs_done))

    def is_training(self) -> bool:
        """Whether a run is at work, or waits for the worker."""
        return bool(self._wishes)

    def is_stopping(self, run_id: int) -> bool:
        """Whether a run was asked to stop or pause and is not over yet."""
        wish = self._wishes.get(run_id)
        return wish is not None and wish.is_set()

    def is_pausing(self, run_id: int) -> bool:
        """Whether a run was asked to pause and has not done so yet."""
        wish = self._wishes.get(run_id)
        return wish is not None and wish.is_set() and wish.end is _PAUSED

    def wait(self, run_id: int, *, poll_s: float = 0.1) -> Run:
        """Block until a run is over or paused and return it."""
        while not self.is_over(run_id):
            time.sleep(poll_s)
        return self.get(run_id)

    def is_over(self, run_id: int) -> bool:
        """Whether the worker is done with a run, even if a full disk kept its end from the rows."""
        return run_id not in self._wishes or self.get(run_id).status.is_final

    def get(self, run_id: int) -> Run:
        """Return a run; raise `NotFoundError` when there is none with this number."""
        return self._workspace.runs.get(run_id)

    def all(self) -> list[Run]:
        """Return every run, newest first; one that a crash cut off is shown as interrupted."""
        runs = self._workspace.runs.all()
        is_running = any(run.status is RunStatus.RUNNING for run in runs)
        if not is_running or not self._workspace.is_abandoned():
            return runs
        return [going_on.as_cut_off(run) for run in runs]

    def newest(self) -> int:
        """Return the number of the newest run, 0 when there is none; costs little."""
        return self._workspace.runs.newest()

    def unfinished(self) -> list[Run]:
        """Return the run at work, first, then those that wait, in their order."""
        return self._workspace.runs.unfinished()

    def paused(self) -> list[Run]:
        """Return the runs that rest until a person lets them go on, oldest first."""
        return self._workspace.runs.with_status(RunStatus.PAUSED)

    def epochs(self, run_id: int) -> list[EpochMetrics]:
        """Return the measurements after each pass, in order."""
        return self._workspace.runs.epochs(run_id)

    def step_losses(self, run_id: int, *, at_most: int = 400) -> list[tuple[int, float | None]]:
        """Return (step, loss) in order, thinned evenly to at most so many."""
        losses = self._workspace.runs.step_losses(run_id)
        stride = -(-len(losses) // at_most) or 1
        return losses[::stride]

    def close(self, *, timeout_s: float = 60) -> bool:
        """Stop the run in progress, save where it stands; return whether the worker has ended."""
        self._is_closing.set()
        for run_id, wish in list(self._wishes.items()):
            if not wish.is_set():
                self._wish(run_id, _CLOSED)
        if self._worker.is_alive():
            self._queue.put(None)
            self._worker.join(timeout_s)
        return not self._worker.is_alive()

    def _wish(self, run_id: int, end: _End) -> None:
        wish = self._wishes.get(run_id)
        if wish is not None and not (end is _PAUSED and wish.is_set()):  # a stop has the last word
            wish.end = end
            wish.set()

    def _take_up(self, run: Run, config_json: str, extended_at: Sequence[int]) -> Run:
        if self._workspace.runs.take_up(run, config_json, extended_at=extended_at):
            self._enqueue(run.id)
        return self.get(run.id)

    def _enqueue(self, run_id: int) -> None:
        # Always a new wish: the worker may not yet have let go of the one that paused the run.
        self._wishes[run_id] = _Wish()
        self._queue.put(run_id)

    def _work(self) -> None:
        work_in_background()  # labelling and looking go first; torch's own threads inherit it
        while (run_id := self._queue.get()) is not None:
            wish = self._wishes.get(run_id)
            if wish is None or self._is_closing.is_set():
                continue  # done already; or still queued in the database for the next start
            try:
                self._execute(run_id, wish)
            except DragonError as error:
                self._fail(run_id, str(error))
            except Exception as error:  # noqa: BLE001  # a bug ends one run, not the queue
                _LOG.exception("run %s failed", run_id)
                reason = f"Something went wrong inside the app ({error}). The log file has details."
                self._fail(run_id, reason)
            finally:
                if self._wishes.get(run_id) is wish:
                    del self._wishes[run_id]

    def _fail(self, run_id: int, reason: str) -> None:
        try:
            self._workspace.runs.end(run_id, RunStatus.FAILED, reason)
        except Exception:  # noqa: BLE001  # a full disk; the next start marks the run as interrupted
            _LOG.exception("run %s could not be marked as failed: %s", run_id, reason)

    def _execute(self, run_id: int, wish: _Wish) -> None:
        store = self._workspace.runs
        run = store.get(run_id)
        if not store.begin(run_id):
            return  # stopped or paused while it waited
        recorder = Recorder(self._workspace, run_id)
        folder = self._workspace.run_folder(run_id)
        result: FinetuneResult | None = None
        try:
            recorder(Phase(words="Starting the training engine"))
            self._make_room()
            standing = going_on.find_standing(self._workspace, run)
            result = self._vision().finetune(
                FinetuneConfig.from_json(run.config_json),
                training_photos(self._workspace, self._workspace.snapshots.get(run.snapshot_id)),
                RunFolders(
                    checkpoints=folder,
                    cache=CacheFolder(path=self._workspace.cache_folder),
                    standing=None if standing is None else standing.file,
                ),
                report=recorder,
                should_stop=wish.is_set,
            )
        except NothingKeptError:  # a disk that refused to keep it is another error
            pass
        finally:
            recorder.flush()
        if result is not None:
            recorder.keep(result)
        is_finished = result is not None and not result.was_stopped and not result.reason
        self._workspace.standings.tidy(run_id, folder, keep=1 if is_finished else KEPT)
        if result is None or result.was_stopped:
            store.end(run_id, *wish.end)
        elif result.reason:
            store.end(run_id, RunStatus.FAILED, result.reason)
        else:
            store.end(run_id, RunStatus.FINISHED, result.enough)
