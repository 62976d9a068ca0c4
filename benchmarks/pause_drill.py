"""Kill a training at random steps and within its saves; say whether it ends as if nothing happened.

    python benchmarks/pause_drill.py [STEPS] [SAVES] [--workspace DIR]

STEPS runs are killed once each, at a random step, and go on to their end. One run after another is
killed within a save, over and over, until that happened SAVES times. Each is compared with a run
that was never killed: digests of the weights, of network and optimizer at the end, and metrics.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.integration import pausing


def main() -> int:
    """Run the drill; 0 when every run ended like the unbroken one."""
    parser = argparse.ArgumentParser(description="Kill a training and compare how it ends.")
    parser.add_argument("steps", nargs="?", type=int, default=10, help="kills at a random step")
    parser.add_argument("saves", nargs="?", type=int, default=30, help="kills within a save")
    parser.add_argument("--workspace", type=Path, help="a folder to keep (a temporary one)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dragon-drill-") as name:
        folder = options.workspace or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        pausing.prepare(folder / "template")
        pausing.copy(folder / "template", folder / "whole")
        assert pausing.sit(folder / "whole") == 0
        whole = pausing.outcome(folder / "whole")
        equal = sum(_at_a_step(folder, number, whole) for number in range(options.steps))
        print(f"{options.steps} killed at a step, {equal} ended like the unbroken run", flush=True)
        killed, runs, alike = _in_saves(folder, options.saves, whole)
    print(
        f"{killed} kills within a save of {runs} runs, every kept state whole; {alike} runs ended "
        "like the unbroken one"
    )
    return 0 if (equal, alike) == (options.steps, runs) else 1


def _at_a_step(folder: Path, number: int, whole: pausing.Outcome) -> bool:
    trial = folder / f"step-{number}"
    pausing.copy(folder / "template", trial)
    steps = random.randint(1, pausing.STEPS)
    started = time.monotonic()
    pausing.kill_after(trial, steps)
    kept, epoch = pausing.check(trial)
    assert pausing.sit(trial) == 0
    is_equal = pausing.outcome(trial) == whole
    print(
        f"killed after step {steps} of {pausing.STEPS}: {kept} standings, went on in epoch {epoch},"
        f" {'equal' if is_equal else 'DIFFERENT'} ({time.monotonic() - started:.0f} s)",
        flush=True,
    )
    return is_equal


def _in_saves(folder: Path, wanted: int, whole: pausing.Outcome) -> tuple[int, int, int]:
    killed = runs = alike = 0
    while killed < wanted:
        trial = folder / f"save-{runs}"
        pausing.copy(folder / "template", trial)
        runs += 1
        while killed < wanted and pausing.kill_in_save(trial):
            killed += 1
            kept, epoch = pausing.check(trial)
            print(f"kill {killed} within a save: {kept} standings, epoch {epoch}", flush=True)
        if killed == wanted:
            pausing.sit(trial)
        alike += pausing.outcome(trial) == whole
    return killed, runs, alike


if __name__ == "__main__":
    sys.exit(main())
