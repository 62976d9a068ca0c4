"""What a run tells while it trains, on its way into the rows. Knows no tensor and no thread."""

import logging
import time
from dataclasses import replace

from dragon_app.core.errors import WorkspaceError
from dragon_app.core.machine import provenance_now
from dragon_app.core.provenance import Origin
from dragon_app.core.training import (
    EpochMetrics,
    FinetuneResult,
    Phase,
    Progress,
    SavedStanding,
    StepMetrics,
    TrainingEvent,
    Trouble,
)
from dragon_app.storage.workspace import Workspace

_WRITE_EVERY_S = 0.25
_AGAIN_S = 5.0  # after the disk refused

_GOES_ON = "The training goes on; what it measures is shown once it can be written down."

_LOG = logging.getLogger(__name__)


class Recorder:
    """Turns training events into rows: progress and metrics at most 4 times a second.

    What was saved is remembered at once, after everything that was measured until then. Metrics
    that the disk refuses are kept for later; only at the end that is an error.
    """

    def __init__(self, workspace: Workspace, run_id: int) -> None:
        self._workspace = workspace
        self.run_id = run_id
        self._progress = Progress()
        self._steps_in_all = 0
        self._steps: list[StepMetrics] = []
        self._epochs: list[EpochMetrics] = []
        self._note: str | None = None  # to be said of the run
        self._due_at = 0.0
        self.trouble = ""  # what keeps this from the rows, for people; read by other threads

    def __call__(self, event: TrainingEvent) -> None:
        """Take an event, from the thread that trains."""
        if isinstance(event, Phase):
            self._progress = replace(
                self._progress, phase=event.words, done=event.done, total=event.total
            )
        elif isinstance(event, StepMetrics):
            done = (event.epoch - 1) * event.steps_per_epoch + event.step
            self._steps_in_all = event.steps_per_epoch * event.epochs
            self._steps.append(replace(event, step=done))  # one count over all epochs
            self._advance(event, phase="Learning", done=done)
        elif isinstance(event, Trouble):
            self._note = event.words
        elif isinstance(event, Origin):
            self._workspace.provenances.add(self.run_id, provenance_now(event))
        elif isinstance(event, FinetuneResult):
            self.keep(event)
        elif isinstance(event, SavedStanding):
            self.flush()
            self._workspace.standings.add(self.run_id, event)
            self._tidy()
        else:
            self._epochs.append(event)
            done = self._steps_in_all * event.epoch // event.epochs
            self._advance(event, phase="Measured", done=done)
        if time.monotonic() >= self._due_at:
            self._flush_or_wait()

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

    def keep(self, result: FinetuneResult) -> None:
        """Let the run answer with a checkpoint from now on."""
        folder = result.checkpoint.relative_to(self._workspace.folder).as_posix()
        if result.val_probabilities is not None:  # before the row: who finds it finds them, too
            self._workspace.answers.put(folder, result.val_probabilities)
        self._workspace.runs.add_checkpoint(self.run_id, result, folder=folder)

    def flush(self) -> None:
        """Write what has not been written yet; raise `WorkspaceError` when the disk refuses."""
        self._workspace.runs.record(
            self.run_id,
            progress=self._progress,
            steps=self._steps,
            epochs=self._epochs,
            note=self._note,
        )
        self._steps, self._epochs, self._note = [], [], None
        self.trouble = ""
        self._due_at = time.monotonic() + _WRITE_EVERY_S

    def _flush_or_wait(self) -> None:
        try:
            self.flush()
        except WorkspaceError as error:
            if not self.trouble:  # said once
                _LOG.warning("run %s goes on unrecorded for now: %s", self.run_id, error)
            self.trouble = f"{error} {_GOES_ON}"
            self._due_at = time.monotonic() + _AGAIN_S

    def _tidy(self) -> None:
        folder = self._workspace.run_folder(self.run_id)
        try:
            self._workspace.standings.tidy(self.run_id, folder)
        except WorkspaceError as error:  # the next one makes up for it
            _LOG.warning("run %s was not tidied: %s", self.run_id, error)
