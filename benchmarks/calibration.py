"""How far a run's confidence can be taken at its word in Try, before and after the temperature.

    python benchmarks/calibration.py FLOWERS --preset quick --seeds 5

FLOWERS holds `train` and `val` folders with a folder for each class. A run trains on `train`, of
which the app holds a fifth out; the temperature is fitted to that fifth. `val`, which neither
training nor temperature has seen, is measured: the expected calibration error in 10 bins and the
loss in nats, on the probabilities as the network gives them and as Try shows them.
"""

import argparse
import os
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, stdev

import numpy as np

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.machine import load, machine
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.core.reliability import reliability
from dragon_app.core.temperature import Probabilities, tempered
from dragon_app.imaging.decode import decode_bytes
from dragon_app.services.intake import scan
from dragon_app.wiring import open_app

_BATCH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """The photos that were right, the error of calibration and the loss in nats."""

    right: float
    error: float
    loss: float


def main() -> None:
    """Measure each seed and print the table."""
    options = _options()
    print(f"{machine()}; load {load():.1f}; preset {options.preset}")
    print("| seed | right | temperature | error before | after | loss before | after |")
    print("|---|---|---|---|---|---|---|")
    errors = []
    for seed in range(options.seeds):
        temperature, before, after = _measure(options.photos, Preset(options.preset), seed)
        errors.append((before.error, after.error))
        print(
            f"| {seed} | {before.right:.3f} | {temperature:.2f} | {before.error:.3f} "
            f"| {after.error:.3f} | {before.loss:.3f} | {after.loss:.3f} |",
            flush=True,
        )
    for name, column in zip(("before", "after"), zip(*errors, strict=True), strict=True):
        spread = f", spread {stdev(column):.3f}" if len(column) > 1 else ""
        print(f"error {name}: mean {mean(column):.3f}{spread}")


def _measure(photos: Path, preset: Preset, seed: int) -> tuple[float, Measured, Measured]:
    with tempfile.TemporaryDirectory() as folder:
        app = open_app(Path(folder) / "workspace")
        try:
            app.dataset.add(scan([photos / "train"]))
            run = app.runs.start(replace(PRESETS[preset], seed=seed))
            app.runs.wait(run.id)
            loaded = app.predictions.load(run.id)
            files = [file for file in scan([photos / "val"]) if file.class_name]
            names = list(loaded.predictor.class_names)
            targets = np.array([names.index(str(file.class_name)) for file in files])
            rows = []
            for start in range(0, len(files), _BATCH):
                some = [
                    decode_bytes(file.read(), shortest_px=loaded.predictor.decode_px)
                    for file in files[start : start + _BATCH]
                ]
                rows.append(loaded.predictor.probabilities(some))
        finally:
            app.close()
    plain = np.concatenate(rows)  # (N, C)
    temperature = loaded.temperature or 1.0
    shown = tempered(plain, temperature)
    return temperature, _measured(plain, targets), _measured(shown, targets)


def _measured(rows: Probabilities, targets: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Measured:
    hits = rows.argmax(axis=1) == targets
    chosen = np.maximum(rows[np.arange(len(targets)), targets], 1e-12)
    return Measured(
        right=float(hits.mean()),
        error=reliability(rows.max(axis=1), hits).error,
        loss=float(-np.log(chosen).mean()),
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("photos", type=Path, metavar="FLOWERS")
    parser.add_argument("--preset", choices=[*map(str, Preset)], default=str(Preset.QUICK))
    parser.add_argument("--seeds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
