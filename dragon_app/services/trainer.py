"""The worker: one thread that takes runs in their turn, and what it does with one of them.

Knows no tensor: training is a port. What is to be seen of a run is in its rows.
"""

import logging
import threading
from collections.abc import Callable

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import DragonError, NothingKeptError
from dragon_app.core.ports import Vision
from dragon_app.core.threads import work_in_background
from dragon_app.core.training import CacheFolder, FinetuneResult, Phase, Run, RunFolders, RunStatus
from dragon_app.services import going_on
from dragon_app.services.recording import Recorder
from dragon_app.services.snapshots import training_photos
from dragon_app.services.turns import STOPPED, Turns
from dragon_app.storage.standings import KEPT
from dragon_app.storage.workspace import Workspace

_LOG = logging.getLogger(__name__)


class Trainer:
    """Trains the runs whose turn it is, one at a time, in a thread of its own.

    Shared with whoever asks for runs: the turns.
    """

    def __init__(
        self,
        workspace: Workspace,
        vision: Callable[[], Vision],
        turns: Turns,
        *,
        make_room: Callable[[], None],
        on_over: Callable[[int], None],
    ) -> None:
        """`make_room` is called before a run computes: whatever else does has to end.

        `on_over` is told of each run that ended with a model; it must not take long.
        """
        self._workspace = workspace
        self._vision = vision
        self._turns = turns
        self._make_room = make_room
        self._on_over = on_over
        self._recorder: Recorder | None = None  # of the run at work; swapped whole
        self._thread = threading.Thread(target=self._work, name="trainer", daemon=True)

    def open(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self, *, timeout_s: float) -> bool:
        """End the run at work, save where it stands; return whether the thread has ended."""
        self._turns.close()
        if self._thread.is_alive():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def trouble(self, run_id: int) -> str:
        """Return what keeps the progress of a run at work from its rows; empty where nothing does.

        The one thing to be seen that is not in the rows: they are what cannot be written.
        """
        recorder = self._recorder
        return "" if recorder is None or recorder.run_id != run_id else recorder.trouble

    def _work(self) -> None:
        work_in_background()  # labelling and looking go first; torch's own threads inherit it
        while (run_id := self._turns.next()) is not None:
            try:
                self._take(run_id)
            except DragonError as error:
                self._fail(run_id, str(error))
            except Exception as error:  # noqa: BLE001  # a bug ends one run, not the queue
                _LOG.exception("run %s failed", run_id)
                reason = f"Something went wrong inside the app ({error}). The log file has details."
                self._fail(run_id, reason)

    def _take(self, run_id: int) -> None:
        store = self._workspace.runs
        with self._turns.lock:
            run = store.get(run_id)
            is_closing = self._turns.end(run_id) is not None  # then it waits for the next start
            if is_closing or not store.begin(run_id):  # or was stopped or paused just now
                self._turns.done()
                return
            self._turns.leave(run_id)  # paused and resumed just now
        result = self._train(run)
        is_finished = result is not None and not result.was_stopped and not result.reason
        folder = self._workspace.run_folder(run_id)
        self._workspace.standings.tidy(run_id, folder, keep=1 if is_finished else KEPT)
        with self._turns.lock:  # who asks it to end now is heard, or finds it over
            if result is None or result.was_stopped:
                store.end(run_id, *(self._turns.end(run_id) or STOPPED))
            elif result.reason:
                store.end(run_id, RunStatus.FAILED, result.reason)
            else:
                store.end(run_id, RunStatus.FINISHED, result.enough)
            self._turns.done()
        if result is not None:
            self._tell(run_id)

    def _tell(self, run_id: int) -> None:
        """Tell of a run that is over: a bug there is logged, and the run stays as it ended."""
        try:
            self._on_over(run_id)
        except Exception:  # noqa: BLE001  # what follows a run does not fail it, nor the queue
            _LOG.exception("what follows run %s failed", run_id)

    def _train(self, run: Run) -> FinetuneResult | None:
        """Return what became of a run; None when it was stopped before it kept anything."""
        self._recorder = recorder = Recorder(self._workspace, run.id)
        result: FinetuneResult | None = None
        try:
            recorder(Phase(words="Starting the training engine"))
            self._make_room()
            standing = going_on.find_standing(self._workspace, run)
            result = self._vision().finetune(
                FinetuneConfig.from_json(run.config_json),
                training_photos(self._workspace, self._workspace.snapshots.get(run.snapshot_id)),
                RunFolders(
                    checkpoints=self._workspace.run_folder(run.id),
                    cache=CacheFolder(path=self._workspace.cache_folder),
                    standing=None if standing is None else standing.file,
                ),
                report=recorder,
                should_stop=self._turns.should_end,
            )
        except NothingKeptError:  # a disk that refused to keep it is another error
            pass
        finally:
            self._recorder = None
            recorder.flush()
        if result is not None:
            recorder.keep(result)
        return result

    def _fail(self, run_id: int, reason: str) -> None:
        with self._turns.lock:
            try:
                self._workspace.runs.end(run_id, RunStatus.FAILED, reason)
            except Exception:  # noqa: BLE001  # a full disk; the next start finds it cut off
                _LOG.exception("run %s could not be marked as failed: %s", run_id, reason)
            self._turns.done()
