"""A process that trains run 1 of a workspace, saving after every step, for a drill to kill.

    python -m tests.integration.sitting WORKSPACE [--die-in-save N --at MOMENT]

It says `step` on stdout after each step. With `--die-in-save` it ends itself, as a power cut would,
at a moment within the N-th save: before or after each thing that a save does to disk and database.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
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


def main() -> int:
    """Train to the end, unless killed; 0 when the run finished."""
    parser = argparse.ArgumentParser()
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--die-in-save", type=int, default=0)
    parser.add_argument("--at", type=int, default=0)
    options = parser.parse_args()
    keeping.EVERY_S, keeping.SHARE = 0.0, 0
    _say_steps()
    _let_die(Death(options.die_in_save, options.at))
    app = open_app(options.workspace)
    try:
        run = app.runs.get(1)
        if run.status is RunStatus.QUEUED:
            app.runs.take_up_queue()
        else:
            app.runs.resume(1)
        return 0 if app.runs.wait(1).status is RunStatus.FINISHED else 1
    finally:
        app.close()


def _say_steps() -> None:
    step = learning.Stepper.step

    def said(stepper: learning.Stepper, number: int, pace: learning.Pace) -> tuple[float, ...]:
        lrs = step(stepper, number, pace)
        sys.stdout.write("step\n")
        sys.stdout.flush()
        return lrs

    learning.Stepper.step = said  # type: ignore[method-assign, assignment]


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


if __name__ == "__main__":
    sys.exit(main())
