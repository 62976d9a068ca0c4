"""Kill the app N times while clients upload and label; say what was confirmed and what is there.

    python benchmarks/kill_drill.py [N] [--workspace DIR]

The workspace is kept from kill to kill, on a real disk: what one left, the next has to bear.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.integration.drill import Confirmed, check, kill_once


def main() -> int:
    """Run the drill; 0 when nothing confirmed is missing."""
    parser = argparse.ArgumentParser(description="Kill the app while clients upload and label.")
    parser.add_argument("kills", nargs="?", type=int, default=20)
    parser.add_argument("--workspace", type=Path, help="a folder to keep (a temporary one)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dragon-drill-") as name:
        folder = options.workspace or Path(name) / "workspace"
        folder.parent.mkdir(parents=True, exist_ok=True)
        confirmed = Confirmed()
        for kill in range(1, options.kills + 1):
            started = time.monotonic()
            delay_s = random.uniform(0.3, 2)
            kill_once(folder, confirmed, delay_s=delay_s)
            unanswered = len(confirmed.asked)
            try:
                there = check(folder, confirmed)
            except AssertionError as error:
                print(f"kill {kill}: FAILED, {error}", flush=True)
                return 1
            print(
                f"kill {kill} after {delay_s:.2f} s: {len(confirmed.digests)} photos and "
                f"{len(confirmed.classes)} labels confirmed so far, {there} photos there, "
                f"{unanswered} labels were under way; all is well "
                f"({time.monotonic() - started:.1f} s)",
                flush=True,
            )
    print(f"{options.kills} kills, nothing confirmed is missing")
    return 0


if __name__ == "__main__":
    sys.exit(main())
