"""Photos per second of the starter's forward pass at its own size, on all cores.

python benchmarks/forward.py [--rounds 20]

The goal is 150 in the fastest arithmetic on 2 cores.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch

from benchmarks.bare import forward_pace
from benchmarks.machine import machine
from dragon_app.core.config import WeightsSource
from dragon_app.vision.sources import choose, starter
from dragon_app.vision.start import start_network

GOAL_PER_S = 150
BATCH = 32


def main() -> None:
    """Print a line for each arithmetic and whether the best reaches the goal."""
    parser = argparse.ArgumentParser(description="How fast the starter looks at photos.")
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    own = starter()
    if own is None:
        raise SystemExit("This copy of the app has no starter.")
    pretrained = choose(WeightsSource.STARTER, own.backbone)
    generator = torch.Generator().manual_seed(0)
    start = start_network(
        own.backbone, pretrained, pretrained.transform, classes=5, generator=generator
    )
    side = pretrained.transform.crop_px
    images = torch.randn(BATCH, 3, side, side, generator=generator)
    pace = forward_pace(start.network, images, rounds=options.rounds)
    print(f"{own.backbone} at {side} px, batches of {BATCH}; {machine()}")
    for arithmetic, per_s in sorted(pace.by_arithmetic.items(), key=lambda each: -each[1]):
        print(f"{arithmetic:24} {per_s:7.0f} photos/s")
    verdict = "reached" if pace.per_s >= GOAL_PER_S else "missed"
    print(f"goal of {GOAL_PER_S} photos/s {verdict}: {pace.per_s:.0f} in {pace.arithmetic}")


if __name__ == "__main__":
    main()
