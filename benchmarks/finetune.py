"""How fast the app fine-tunes, against the tutorial's loop, fastai and the machine's limit.

    python benchmarks/finetune.py --fastai-python FOLDER/bin/python --out speed.jsonl
    python benchmarks/finetune.py --fastai-python FOLDER/bin/python --out right.jsonl --accuracy
    python benchmarks/finetune.py --table speed.jsonl

ResNet-18 from random weights at 224 px, 15 epochs of batches of 32, measured on the validation
photos after every one. Each row is a process of its own; its clock runs from the start of the
training, with cold caches, to the stored checkpoint, without imports and the app's one-time
calibration. With `--accuracy` all start from the starter's weights and three seeds are compared.

Rows are WHO/REGIME; `--rows 'dragon/*,limit'` takes some of them, and what was measured is kept in
`--out`, so that the table can be filled in parts. How to make fastai's environment:
peers/fastai_loop.py.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from statistics import mean
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.finetune_table import Record, accuracy_table, append, read, speed_table
from benchmarks.machine import load, machine
from benchmarks.peers.task import Task, arguments

PEERS = Path(__file__).parent / "peers"
ROOT = Path(__file__).parents[1]
STARTER = ROOT / "data" / "starter" / "regnet_y_400mf.safetensors"
LOOPS = {
    "limit": "limit.py",
    "dragon": "dragon_loop.py",
    "tutorial": "tutorial.py",
    "fastai": "fastai_loop.py",
}
ROWS = (
    "limit",
    "dragon/head",  # and again on a warm cache
    "dragon/head-exact",
    "dragon/head-views",
    "dragon/last",
    "dragon/last-views",
    "dragon/all",
    "tutorial/all",
    "tutorial/head",
    "tutorial/last",
    "fastai/all",
    "fastai/head",
    "fastai/last",
)
WORKERS_TRIED = (0, 2, 4)  # by the peers, with a frozen backbone; the tutorial itself says 4
TRIED_PHOTOS = 200
VAL_SHARE = 0.4  # validation photos to each training photo, as in the flowers


class RowError(Exception):
    """A loop ended without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The photos, the interpreters, and where records are kept."""

    data: Path
    out: Path
    fastai_python: Path | None
    task: Task  # with the regime, seed, store and workers still open
    peer_epochs: int
    workers: int | None  # none: the peers choose
    settings: str

    def ask(self, who: str, task: Task, *extra: str) -> dict[str, Any]:
        """Run a loop as a process of its own; return its answer, the last line it printed."""
        python: str | Path = sys.executable
        if who == "fastai":
            if self.fastai_python is None:
                raise RowError("rows of fastai need --fastai-python: see peers/fastai_loop.py")
            python = self.fastai_python
        with tempfile.TemporaryFile("w+") as complaints:
            ended = subprocess.run(
                [python, PEERS / LOOPS[who], *arguments(task), *extra],
                stdout=subprocess.PIPE,
                stderr=complaints,
                text=True,
                check=False,
            )
            if ended.returncode or not ended.stdout.strip():
                complaints.seek(0)
                raise RowError("\n".join(complaints.read().splitlines()[-5:]))
        found: dict[str, Any] = json.loads(ended.stdout.strip().splitlines()[-1])
        return found

    def keep(self, record: Record) -> None:
        """Write a record down and say so."""
        append(self.out, record)
        accuracy = "" if record.accuracy is None else f", accuracy {record.accuracy:.3f}"
        print(f"{record.row}, seed {record.seed}: {record.seconds:.1f} s{accuracy}", flush=True)

    def record(self, row: str, seed: int, *, busy: float, **facts: Any) -> Record:
        """Return a record of this run's settings."""
        common = {"epochs": 0, "epochs_run": 0, "accuracy": None, "workers": -1, "note": ""}
        return Record(
            row=row, seed=seed, load=busy, machine=machine(), settings=self.settings,
            **(common | facts),
        )  # fmt: skip


def main() -> None:
    """Measure the chosen rows, then print the table of all that the file holds."""
    options = _options()
    if options.table is None:
        _measure(options)
    records = read(options.table or options.out)
    print((accuracy_table if options.accuracy else speed_table)(records))


def _measure(options: argparse.Namespace) -> None:
    chosen = [row for row in ROWS if any(fnmatch(row, like) for like in options.rows.split(","))]
    if options.accuracy:
        chosen = [row for row in chosen if row != "limit"]
    with tempfile.TemporaryDirectory(prefix="dragon-bench-") as name:
        bench = _bench(options, Path(name))
        for seed in range(options.repeat or (3 if options.accuracy else 1)):
            for row in chosen:
                rows = {kept.row for kept in read(bench.out) if kept.seed == seed}
                if (f"{row}/all" if row == "limit" else row) in rows:
                    continue
                try:
                    _measure_row(bench, row, seed, Path(name))
                except RowError as error:
                    print(f"{row}, seed {seed}: failed. {error}", file=sys.stderr, flush=True)


def _measure_row(bench: Bench, row: str, seed: int, folder: Path) -> None:
    who, _, regime = row.partition("/")
    store = Path(tempfile.mkdtemp(dir=folder))
    task = replace(bench.task, regime=regime, seed=seed, store=store)
    if who == "limit":
        busy = load()
        answer = bench.ask(who, task)
        for each, seconds in answer["seconds"].items():
            bench.keep(
                bench.record(f"limit/{each}", seed, busy=busy, seconds=seconds, note=answer["note"])
            )
    elif who == "dragon":
        bench.ask(who, task, "--calibrate")
        for name in (row, "dragon/head-warm") if regime == "head" else (row,):
            _measure_loop(bench, name, task)
    else:
        workers = _workers(bench, who, folder) if bench.workers is None else bench.workers
        epochs = min(bench.peer_epochs, bench.task.epochs)
        _measure_loop(bench, row, replace(task, workers=workers, epochs=epochs))


def _measure_loop(bench: Bench, row: str, task: Task) -> None:
    busy = load()
    who = row.partition("/")[0]
    answer = bench.ask(who, task)
    later = answer["epoch_s"][1:] or answer["epoch_s"]
    left = bench.task.epochs - task.epochs
    bench.keep(
        bench.record(
            row,
            task.seed,
            busy=busy,
            seconds=answer["seconds"] + left * mean(later),
            epochs=bench.task.epochs,
            epochs_run=task.epochs,
            accuracy=max(answer["accuracies"]),
            workers=-1 if who == "dragon" else task.workers,
            note=answer["note"],
        )
    )


def _workers(bench: Bench, who: str, folder: Path) -> int:
    """Return how many loading processes suit a peer best; tried once and kept."""
    row = f"workers/{who}"
    for kept in read(bench.out):
        if kept.row == row:
            return kept.workers
    few = _few(bench.data, folder / row.replace("/", "-"), photos=TRIED_PHOTOS)
    task = replace(bench.task, data=few, regime="head", epochs=1)
    busy = load()
    seconds = {
        workers: float(bench.ask(who, replace(task, workers=workers))["seconds"])
        for workers in WORKERS_TRIED
    }
    best = min(seconds, key=lambda each: seconds[each])
    words = ", ".join(f"{workers}: {each:.1f} s" for workers, each in seconds.items())
    note = f"loading processes tried for an epoch of {TRIED_PHOTOS} photos: {words}"
    bench.keep(bench.record(row, 0, busy=busy, seconds=seconds[best], workers=best, note=note))
    return best


def _bench(options: argparse.Namespace, folder: Path) -> Bench:
    data = options.data
    if options.photos is not None:
        data = _few(options.data, folder / "photos", photos=options.photos)
    counts = [sum(1 for _ in (data / part).glob("*/*")) for part in ("train", "val")]
    if not all(counts):
        raise SystemExit(f"There are no photos in {data}/train/CLASS and {data}/val/CLASS.")
    task = Task(
        data=data,
        store=folder,
        regime="",
        architecture="regnet_y_400mf" if options.accuracy else "resnet18",
        size_px=128 if options.accuracy else 224,
        resize_px=146 if options.accuracy else 256,
        weights=STARTER if options.accuracy else None,
        epochs=options.epochs,
        batch_size=32,
        seed=0,
        workers=0,
    )
    settings = (
        f"{counts[0]} photos to learn from, {counts[1]} to measure on, {task.architecture} "
        f"{'with the starter weights' if task.weights else 'without weights'} at "
        f"{task.size_px} px, {task.epochs} epochs of batches of {task.batch_size}"
    )
    if any(record.settings != settings for record in read(options.out)):
        raise SystemExit(f"{options.out} holds other settings; choose another file with --out.")
    return Bench(
        data=data,
        out=options.out,
        fastai_python=options.fastai_python,
        task=task,
        peer_epochs=options.epochs if options.accuracy else options.peer_epochs,
        workers=options.workers,
        settings=settings,
    )


def _few(data: Path, to: Path, *, photos: int) -> Path:
    """Return a folder of links to the first photos of each class."""
    classes = sorted(folder.name for folder in (data / "train").iterdir() if folder.is_dir())
    per_class = max(2, photos // len(classes))
    for part, count in (("train", per_class), ("val", max(1, round(VAL_SHARE * per_class)))):
        for name in classes:
            (to / part / name).mkdir(parents=True, exist_ok=True)
            for path in sorted((data / part / name).iterdir())[:count]:
                link = to / part / name / path.name
                if not link.exists():
                    link.symlink_to(path.resolve())
    return to


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="How fast fine-tuning is, against its peers.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "flowers")
    parser.add_argument("--out", type=Path, default=Path("finetune.jsonl"))
    parser.add_argument("--table", type=Path, help="print the table of this file, measure nothing")
    parser.add_argument("--accuracy", action="store_true", help="from the starter, 3 seeds")
    parser.add_argument("--rows", default="*", help="such as dragon/*,limit (all)")
    parser.add_argument("--fastai-python", type=Path, help="of fastai's own environment")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--peer-epochs", type=int, default=15, help="fewer: the rest is reckoned")
    parser.add_argument("--photos", type=int, help="to learn from (all)")
    parser.add_argument("--repeat", type=int, help="times, each with a seed of its own")
    parser.add_argument("--workers", type=int, help="loading processes of the peers (tried)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
