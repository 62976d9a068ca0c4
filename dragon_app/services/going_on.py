"""Whether and how a run that rests or is over goes on: rules and words. Starts nothing."""

from dataclasses import replace

from dragon_app.core.config import FinetuneConfig, Optimizer
from dragon_app.core.errors import DragonError, InvalidConfigError
from dragon_app.core.training import Run, RunStatus, SavedStanding
from dragon_app.storage.standings import is_whole
from dragon_app.storage.workspace import Workspace


def cut_off_words(run: Run) -> str:
    """Say what became of a run that a crash cut off."""
    epoch = run.standing_epoch
    rest = "Start it again." if epoch is None else f"It can go on in epoch {epoch}."
    return f"The app ended while this run was training. {rest}"


def as_cut_off(run: Run) -> Run:
    """Return a run as it is when no process is left that could train it."""
    if run.status is not RunStatus.RUNNING:
        return run
    return replace(run, status=RunStatus.INTERRUPTED, reason=cut_off_words(run))


def check_resume(run: Run) -> None:
    """Raise `DragonError` unless a run was cut off and can be taken up."""
    if run.status is RunStatus.FINISHED:
        raise DragonError(
            f"Run {run.id} is finished. To train it longer, say for how many more epochs."
        )
    if not run.can_go_on:
        raise DragonError(
            f"Run {run.id} saved nothing to go on from. Start a new run with its settings."
        )


def can_extend(run: Run) -> bool:
    """Whether a run is over and can go on for more epochs than it was asked for."""
    return run.status.is_final and run.standing_epoch is not None and run.epochs_done > 0


def extended(run: Run, epochs: int) -> FinetuneConfig:
    """Return a run's settings for so many epochs more than it has done.

    Raise `DragonError` when it is not over, or is not one that goes on.
    """
    config = FinetuneConfig.from_json(run.config_json)
    if epochs < 1:
        raise InvalidConfigError(f"The epochs to add must be 1 or more, not {epochs}.")
    if config.optimizer is Optimizer.EXACT:
        raise DragonError(
            f"The last layer of run {run.id} was computed: it is the best there is. More comes "
            "from deeper stages alone, in a new run."
        )
    if not run.status.is_final:
        raise DragonError(
            f"Run {run.id} is not over. Let it end, or stop it, then train it longer."
        )
    if not can_extend(run):
        raise DragonError(
            f"Run {run.id} saved nothing to go on from. Start a new run with more epochs."
        )
    return config.changed({"epochs": run.epochs_done + epochs})


def find_standing(workspace: Workspace, run: Run) -> SavedStanding | None:
    """Return the newest standing of a run that is whole, and bring what was measured in line.

    Damaged ones are forgotten, and the run's reason says so while it trains.
    """
    damaged = 0
    for standing in workspace.standings.of_run(run.id):
        if is_whole(standing):
            note = "" if not damaged else _FROM_EARLIER.format(epoch=standing.epoch)
            workspace.runs.rewind(run.id, epoch=standing.epoch, steps=standing.steps, note=note)
            return standing
        damaged += 1
        workspace.standings.drop(standing)
    workspace.runs.rewind(run.id, epoch=1, steps=0, note=_ANEW if damaged else "")
    return None


_FROM_EARLIER = (
    "The newest saved state was damaged, so this run went on from the one before it, in epoch "
    "{epoch}."
)
_ANEW = "Every saved state of this run was damaged, so it began again."
