"""A process that trains run 1 of a workspace, for a drill to kill. It saves after every step."""

import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from dragon_app.core.training import RunStatus
from dragon_app.storage.runs import RunStore
from dragon_app.storage.standings import StandingStore
from dragon_app.vision import checkpoint, keeping, learning, standing
from dragon_app.wiring import open_app

MOMENTS = 24  # about as many as a save has


class Death:
    """Counts saves and the moments within each, and ends the process at one of them."""

    def __init__(self, save: int, moment: int) -> None:
        self._save, self._moment = save, moment
        self._saves = self._moments = 0

    def begin(self) -> None:
        """Note that a save begins."""
        self._saves += 1
        self._moments = 0

    def pass_moment(self, half: Path | None = None) -> None:
        """End the process if this is the moment, leaving half of a file where one is written."""
        self._moments += 1
        if self._saves == self._save and self._moments == self._moment:
            if half is not None:
                os.truncate(half, half.stat().st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    def within(self, work: Callable[..., Any], *, writes: bool = False) -> Callable[..., Any]:
        """Return work with a moment before it and one after it."""

        @wraps(work)
        def deadly(*args: Any, **kwargs: Any) -> Any:
            self.pass_moment()
            answer = work(*args, **kwargs)
            self.pass_moment(Path(args[1]) if writes else None)
            return answer

        return deadly


def sit(workspace: Path, steps: "Connection[None, None]", save: int, moment: int) -> None:
    """Train to the end, telling each step; die at a moment of a save, counted from 1, if it comes.

    As a power cut would: before or after each thing that a save does to disk and database.
    """
    keeping.EVERY_S, keeping.SHARE = 0.0, 0
    _tell_steps(steps)
    _let_die(Death(save, moment))
    app = open_app(workspace)
    if app.runs.get(1).status is RunStatus.QUEUED:
        app.runs.take_up_queue()
    else:
        app.runs.resume(1)
    is_finished = app.runs.wait(1).status is RunStatus.FINISHED
    app.close()
    sys.exit(not is_finished)


def _tell_steps(steps: "Connection[None, None]") -> None:
    step = learning.Stepper.step

    def told(stepper: learning.Stepper, number: int, pace: learning.Pace) -> tuple[float, ...]:
        lrs = step(stepper, number, pace)
        steps.send(None)
        return lrs

    learning.Stepper.step = told  # type: ignore[method-assign, assignment]


def _let_die(death: Death) -> None:
    keep = keeping.Keeper.keep

    def counted(keeper: keeping.Keeper) -> None:
        death.begin()
        keep(keeper)

    keeping.Keeper.keep = counted  # type: ignore[method-assign, assignment]
    for module in (standing, checkpoint):
        module.save_file = death.within(module.save_file, writes=True)  # type: ignore[attr-defined]
        module.sync_folder = death.within(module.sync_folder)  # type: ignore[attr-defined]
    os.fsync = death.within(os.fsync)
    StandingStore.add = death.within(StandingStore.add)  # type: ignore[method-assign]
    StandingStore.tidy = death.within(StandingStore.tidy)  # type: ignore[method-assign]
    RunStore.add_checkpoint = death.within(RunStore.add_checkpoint)  # type: ignore[method-assign]
