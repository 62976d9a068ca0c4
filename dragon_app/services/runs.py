"""Training runs as people ask for them: queue, watch, pause, stop, take up.

Knows no tensor and trains nothing: `trainer` does. A run's truth is in the database, so that any
page, tab or shell sees the same.
"""

import time
from collections.abc import Callable, Iterable, Sequence

from dragon_app.core.config import FinetuneConfig, Freeze
from dragon_app.core.errors import DragonError, InvalidConfigError, NotEnoughImagesError
from dragon_app.core.ports import Vision
from dragon_app.core.split import missing_photos
from dragon_app.core.training import EpochMetrics, Run, RunStatus
from dragon_app.services import going_on
from dragon_app.services.trainer import Trainer
from dragon_app.services.turns import PAUSED, STOPPED, Turns
from dragon_app.storage.workspace import Workspace


class Runs:
    """The runs of a workspace. Safe from several threads.

    Shared with the worker: the turns, whose lock is held while a run changes its state.
    """

    def __init__(
        self,
        workspace: Workspace,
        vision: Callable[[], Vision],
        *,
        make_room: Callable[[], None],
        on_over: Callable[[int], None],
    ) -> None:
        """`make_room` is called before a run computes: whatever else does has to end.

        `on_over` is told of each run that ended with a model; it must not take long.
        """
        self._workspace = workspace
        self._vision = vision
        self._turns = Turns()
        self._trainer = Trainer(
            workspace, vision, self._turns, make_room=make_room, on_over=on_over
        )

    def open(self) -> None:
        """Mark runs that a crash cut off, and start the worker."""
        for run in self._workspace.runs.with_status(RunStatus.RUNNING):
            self._workspace.standings.tidy(run.id, self._workspace.run_folder(run.id))
            self._workspace.runs.cut_off(run.id, going_on.cut_off_words(run))
        self._trainer.open()

    def take_up_queue(self) -> None:
        """Go on with the runs that waited when the app was last closed."""
        with self._turns.lock:
            self.line_up(run.id for run in self._workspace.runs.with_status(RunStatus.QUEUED))

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
        with self._turns.lock:
            run = self._workspace.runs.create(config.to_json(), snapshot_id, repeats=repeats)
            self._turns.add(run.id)
        return run

    def line_up(self, run_ids: Iterable[int]) -> None:
        """Let runs that are stored as waiting take their turn; lower numbers go first."""
        for run_id in run_ids:
            self._turns.add(run_id)

    def stop(self, run_id: int) -> None:
        """End a run at its next batch, or before it began; a run that is over stays as it is."""
        store = self._workspace.runs
        with self._turns.lock:
            run = self.get(run_id)
            words = STOPPED[1] if run.epochs_done else "Stopped before it began."
            if store.end_waiting(run_id, words):
                self._turns.leave(run_id)
            elif not self._turns.ask(run_id, STOPPED):
                # At work in the rows alone: a full disk kept its end from them.
                for status in (RunStatus.PAUSED, RunStatus.RUNNING):
                    store.change(run_id, status, *STOPPED)

    def pause(self, run_id: int) -> None:
        """Let a run rest from its next batch on; one that waits leaves the queue."""
        with self._turns.lock:
            self.get(run_id)
            if self._workspace.runs.change(run_id, RunStatus.QUEUED, RunStatus.PAUSED):
                self._turns.leave(run_id)
            else:
                self._turns.ask(run_id, PAUSED)

    def resume(self, run_id: int) -> Run:
        """Queue a run that was paused or cut off, to go on where it stood, on the same photos.

        Raise `DragonError` when there is nothing to go on with.
        """
        with self._turns.lock:
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
        with self._turns.lock:
            run = self.get(run_id)
            config = going_on.extended(run, epochs)
            return self._take_up(run, config.to_json(), (*run.extended_at, run.epochs_done))

    def is_training(self) -> bool:
        """Whether a run is at work, or waits for the worker."""
        return self._turns.any()

    def is_stopping(self, run_id: int) -> bool:
        """Whether a run was asked to stop or pause and is not over yet."""
        return self._turns.end(run_id) is not None

    def is_pausing(self, run_id: int) -> bool:
        """Whether a run was asked to pause and has not done so yet."""
        return self._turns.end(run_id) is PAUSED

    def trouble(self, run_id: int) -> str:
        """Return what keeps the progress of a run at work from being seen; empty where nothing."""
        return self._trainer.trouble(run_id)

    def wait(self, run_id: int, *, poll_s: float = 0.1) -> Run:
        """Block until a run is over or paused and return it."""
        while not self.is_over(run_id):
            time.sleep(poll_s)
        return self.get(run_id)

    def is_over(self, run_id: int) -> bool:
        """Whether the worker is done with a run, even if a full disk kept its end from the rows."""
        return not self._turns.has(run_id)

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
        return self._trainer.close(timeout_s=timeout_s)

    def _take_up(self, run: Run, config_json: str, extended_at: Sequence[int]) -> Run:
        if self._workspace.runs.take_up(run, config_json, extended_at=extended_at):
            self._turns.add(run.id)
        return self.get(run.id)
