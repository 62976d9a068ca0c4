"""Whether Try knows what it does not know: "none of these" against the largest probability.

    python benchmarks/none_of_these.py FLOWERS PRETRAIN

FLOWERS holds `train` and `val` folders with a folder for each class, PRETRAIN `index.npz` and
`images-K.bin` with photos of other things. For each class in turn a quick run learns the others
from `train`. Photos of the known classes in `val` are told from all photos of the class left out,
and from 300 photos of other things, by the strangeness that Try uses and by one less the largest
probability: the area under the ROC curve, 1 for perfect, 0.5 for chance.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import numpy as np

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.machine import load, machine
from dragon_app.core.ports import Pixels, Predictor
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.core.usual import Usual
from dragon_app.core.vectors import Floats
from dragon_app.imaging.decode import decode_bytes
from dragon_app.services.intake import IncomingFile, scan
from dragon_app.wiring import App, open_app

_OTHERS = 300
_USUAL = 0.95  # what the page takes for usual unless told otherwise


def main() -> None:
    """Leave each class out in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("flowers", type=Path, metavar="FLOWERS")
    parser.add_argument("pretrain", type=Path, metavar="PRETRAIN")
    parser.add_argument("--preset", choices=[*map(str, Preset)], default=str(Preset.QUICK))
    options = parser.parse_args()
    others = _other_things(options.pretrain)
    print(f"{machine()}; load {load():.1f}; preset {options.preset}")
    print("| left out | it: probability | strangeness | others: probability | strangeness | kept |")
    print("|---|---|---|---|---|---|")
    rows = []
    for left in sorted(path.name for path in (options.flowers / "train").iterdir()):
        rows.append(_measure(options.flowers, left, others, Preset(options.preset)))
        print(f"| {left} | {' | '.join(f'{number:.3f}' for number in rows[-1])} |", flush=True)
    print(f"| mean | {' | '.join(f'{mean(each):.3f}' for each in zip(*rows, strict=True))} |")


def _measure(
    flowers: Path, left: str, others: Sequence[Pixels], preset: Preset
) -> tuple[float, ...]:
    """Return the four areas, and the share of known photos that is taken for usual."""
    known = [f for f in scan([flowers / "val"]) if f.class_name != left]
    absent = [
        f for part in ("train", "val") for f in scan([flowers / part]) if f.class_name == left
    ]
    with tempfile.TemporaryDirectory() as folder:
        app = open_app(Path(folder) / "workspace")
        try:
            app.dataset.add([f for f in scan([flowers / "train"]) if f.class_name != left])
            run = app.runs.start(PRESETS[preset])
            app.runs.wait(run.id)
            predictor = app.predictions.load(run.id).predictor
            standard = _usual(app, run.id)
        finally:
            app.close()
    seen = _look(predictor, standard, _read(predictor, known))
    strange = [_look(predictor, standard, p) for p in (_read(predictor, absent), others)]
    areas = [_area(strange[i][k], seen[k]) for i in range(2) for k in range(2)]
    return (*areas, float((seen[2] <= _USUAL).mean()))


def _usual(app: App, run_id: int) -> Usual:
    loaded = app.predictions.load(run_id)
    while (learned := app.strangers.of(run_id, loaded.folder, loaded.predictor)) is None:
        time.sleep(0.1)
    if learned.usual is None:
        raise SystemExit("Too few photos were held out to say what is usual.")
    return learned.usual


def _read(predictor: Predictor, files: Sequence[IncomingFile]) -> list[Pixels]:
    return [decode_bytes(file.read(), shortest_px=predictor.decode_px) for file in files]


def _look(
    predictor: Predictor, usual: Usual, photos: Sequence[Pixels]
) -> tuple[Floats, Floats, Floats]:
    """Return two measures of being strange, and the share that Try compares with its limit."""
    rows, vectors = predictor.look(photos)
    return 1 - rows.max(axis=1), usual.strangeness(vectors, rows), usual.shares(vectors, rows)


def _area(strange: Floats, usual: Floats) -> float:
    """Return how often a stranger is stranger than a known photo; a tie counts half."""
    more = (strange[:, None] > usual[None]).mean()
    return float(more + (strange[:, None] == usual[None]).mean() / 2)


def _other_things(folder: Path) -> list[Pixels]:
    index = np.load(folder / "index.npz")
    chosen = np.random.default_rng(0).choice(len(index["offset"]), _OTHERS, replace=False)
    photos = []
    for place in chosen:
        with (folder / f"images-{index['part'][place]}.bin").open("rb") as file:
            file.seek(int(index["offset"][place]))
            photos.append(decode_bytes(file.read(int(index["length"][place]))))
    return photos


if __name__ == "__main__":
    main()
