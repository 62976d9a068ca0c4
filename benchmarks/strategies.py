"""What freezing buys: the app's comparison of strategies on a folder of photos, several seeds.

    python benchmarks/strategies.py FLOWERS --out strategies.jsonl
    python benchmarks/strategies.py --table strategies.jsonl

FLOWERS holds `train` and `val` folders with a folder for each class. Each seed is a comparison in a
workspace of its own, as the page's *Compare strategies* makes it: the same snapshot, weights and
number of epochs, with a cold cache. A seed is kept in `--out` once it is whole: started again, the
seeds that are there are left out, and one that was interrupted begins anew.
"""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from statistics import mean, median, stdev

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.machine import load, machine
from dragon_app.core.config import FinetuneConfig
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.core.strategies import Compared
from dragon_app.services.comparing import Contender
from dragon_app.services.intake import IncomingFile, scan
from dragon_app.wiring import open_app


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One run as measured: `seconds` of learning in all, `best_s` until its best epoch."""

    strategy: str
    seed: int
    accuracy: float  # of the best epoch, on photos that were not learned from
    measured_on: int
    seconds: float
    best_s: float
    trainable_share: float | None
    epochs: int
    photos: int
    load: float
    machine: str


def main() -> None:
    """Measure what is missing, then print the table."""
    options = _options()
    if options.table is None:
        done = {record.seed for record in read(options.out)}
        for seed in range(options.seeds):
            if seed not in done:
                append(options.out, _compare(options, seed))
    print(table(read(options.table or options.out)))


def append(path: Path, records: Sequence[Record]) -> None:
    """Keep the records of a seed, which is there whole or not at all."""
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(json.dumps(asdict(record)) + "\n" for record in records))


def read(path: Path) -> list[Record]:
    """Return the records of a file; none when there is no file."""
    if not path.exists():
        return []
    return [Record(**json.loads(line)) for line in path.read_text("utf-8").splitlines() if line]


def table(records: Sequence[Record]) -> str:
    """Return the Markdown table: mean and spread of the accuracy, medians of the seconds."""
    if not records:
        return "Nothing was measured yet."
    lines = [
        "| strategy | learns | right | seconds | seconds to the best |",
        "|---|---|---|---|---|",
        *(_row(found) for found in _by_strategy(records)),
    ]
    newest = records[-1]
    machines = " / ".join(dict.fromkeys(record.machine for record in records))
    notes = (
        f"{machines}; {newest.photos} photos to learn from, {newest.measured_on} to measure on, "
        f"{newest.epochs} epochs each; load before a comparison at most "
        f"{max(record.load for record in records):.1f}."
    )
    return "\n".join([*lines, "", notes])


def _by_strategy(records: Sequence[Record]) -> list[list[Record]]:
    order = list(dict.fromkeys(record.strategy for record in records))
    ordered = sorted(records, key=lambda record: order.index(record.strategy))
    return [list(found) for _, found in groupby(ordered, key=lambda record: record.strategy)]


def _row(found: Sequence[Record]) -> str:
    accuracies = [record.accuracy for record in found]
    spread = f" ± {stdev(accuracies):.3f}" if len(found) > 1 else ""
    share = found[-1].trainable_share
    cells = (
        found[0].strategy,
        "-" if share is None else f"{share:.1%}",
        f"{mean(accuracies):.3f}{spread} ({len(found)} seed{'s' if len(found) > 1 else ''})",
        f"{median(record.seconds for record in found):.1f}",
        f"{median(record.best_s for record in found):.1f}",
    )
    return f"| {' | '.join(cells)} |"


def _compare(options: argparse.Namespace, seed: int) -> list[Record]:
    busy = load()
    config = PRESETS[Preset.BALANCED].changed({"seed": seed, "weights": options.weights})
    with tempfile.TemporaryDirectory(prefix="dragon-strategies-") as folder:
        app = open_app(Path(folder) / "workspace")
        try:
            app.dataset.add(_photos(options.folder, options.per_class))
            counts = app.dataset.summary().classes
            while app.comparing.plan(Compared.STRATEGIES, config).is_measuring:
                app.measuring.wait()
            standing = app.comparing.start(Compared.STRATEGIES, config, epochs=options.epochs)
            for contender in standing.contenders:
                run = app.runs.wait(contender.run.id)
                print(f"seed {seed}, {run.label}: {run.val_accuracy} {run.reason}", file=sys.stderr)
            standing = app.comparing.get(standing.comparison.id)
        finally:
            app.close()
    photos = sum(count.train for count in counts)
    return [_record(each, seed, photos=photos, busy=busy) for each in standing.contenders]


def _record(contender: Contender, seed: int, *, photos: int, busy: float) -> Record:
    score, best, seconds = contender.score, contender.best, contender.seconds
    if score is None or best is None or seconds is None:
        sys.exit(f"{contender.run.label} was not trained to its end: {contender.run.reason}")
    return Record(
        strategy=contender.run.label,
        seed=seed,
        accuracy=score.hits / score.n,
        measured_on=score.n,
        seconds=seconds,
        best_s=best[0],
        trainable_share=contender.trainable_share,
        epochs=FinetuneConfig.from_json(contender.run.config_json).epochs,
        photos=photos,
        load=busy,
        machine=machine(),
    )


def _photos(folder: Path, per_class: int | None) -> list[IncomingFile]:
    """Return the files of a folder; only so many of each part and class if that is said."""
    files = sorted(scan([folder]), key=lambda file: (str(file.split), str(file.class_name)))
    parts = groupby(files, key=lambda file: (file.split, file.class_name))
    return [file for _, part in parts for file in list(part)[:per_class]]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, nargs="?", help="with train and val folders")
    parser.add_argument("--out", type=Path, default=Path("strategies.jsonl"))
    parser.add_argument("--table", type=Path, help="print the table of a file; measure nothing")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--weights", default="starter")
    parser.add_argument("--per-class", type=int, help="photos of each class and part; all")
    options = parser.parse_args()
    if options.table is None and options.folder is None:
        parser.error("name the folder of photos, or a file with --table")
    return options


if __name__ == "__main__":
    main()
