"""What each command of the shell does: call one service, show the result."""

import argparse
import csv
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dragon_app.core.config import PRESETS, FinetuneConfig, Preset, WeightsSource
from dragon_app.core.errors import DragonError, InvalidConfigError
from dragon_app.core.names import clean_name
from dragon_app.core.setup import check_packages
from dragon_app.core.types import Prediction, Progress, Run, RunStatus
from dragon_app.services.recent import is_workspace
from dragon_app.wiring import DEFAULT_WORKSPACE, App, open_app, open_reader, vision

_SETTINGS = (
    "backbone", "freeze", "unfreeze_after", "image_size_px", "epochs", "head_lr", "layer_decay",
    "optimizer", "momentum", "weight_decay", "schedule", "batch_size", "augment", "seed", "device",
)  # fmt: skip
_DONE, _FAILED, _BAD_INPUT = 0, 1, 2


def run(options: argparse.Namespace) -> int:
    """Run the command that was asked for and return its exit code."""
    folder = (options.workspace or DEFAULT_WORKSPACE).absolute()
    command: Callable[[argparse.Namespace, Path], int] = _COMMANDS[options.command]
    return command(options, folder)


def _add(options: argparse.Namespace, folder: Path) -> int:
    from dragon_app.services.intake import scan

    if options.class_name is not None:
        clean_name(options.class_name)
    files = scan(options.paths)
    if not files:
        raise DragonError(f"There is no file in {', '.join(map(str, options.paths))}.")
    with _open(folder) as app:
        result = app.dataset.add(files, class_name=options.class_name, report=_counter("read"))
    for refusal in result.refused:
        _say(f"{refusal.name} {refusal.reason}.")
    answer = {
        "added": result.added,
        "duplicates": result.duplicates,
        "refused": [{"name": r.name, "reason": r.reason} for r in result.refused],
    }
    words = (
        f"{result.added} added, {result.duplicates} already there, {len(result.refused)} refused"
    )
    _show(options, answer, words)
    return _DONE if result.image_ids else _BAD_INPUT


def _train(options: argparse.Namespace, folder: Path) -> int:
    config = _config(options)
    check_packages()
    if not is_workspace(folder):  # opening it for writing would make one
        raise DragonError(f"There is no workspace in {folder} yet. Add photos to it first.")
    with _open(folder) as app:
        app.runs.check(config)
        started = app.runs.start(config)
        try:
            ended = _watch(app, started.id)
        except KeyboardInterrupt:
            _say("Stopping after this batch ...")
            app.runs.stop(started.id)
            ended = app.runs.wait(started.id)
    if ended.reason:
        _say(ended.reason)
    answer = {
        "run": ended.id,
        "status": ended.status,
        "val_accuracy": ended.val_accuracy,
        "epochs": ended.epochs_done,
        "seconds": round(ended.seconds, 2),
    }
    accuracy = f", {ended.val_accuracy:.1%} right" if ended.val_accuracy is not None else ""
    _show(options, answer, f"Run {ended.id} {ended.status}{accuracy}, weights: {ended.weights}")
    return _DONE if ended.status is RunStatus.FINISHED else _FAILED


def _config(options: argparse.Namespace) -> FinetuneConfig:
    values = {name: getattr(options, name) for name in _SETTINGS}
    given: dict[str, object] = {name: value for name, value in values.items() if value is not None}
    if options.weights in {w for w in WeightsSource if w is not WeightsSource.FILE}:
        given["weights"] = options.weights
    elif options.weights is not None:
        if not Path(options.weights).is_file():
            raise DragonError(
                f"--weights {options.weights}: say starter, imagenet, none, or name a file."
            )
        given |= {
            "weights": WeightsSource.FILE,
            "weights_file": str(Path(options.weights).absolute()),
        }
    config = PRESETS[Preset(options.preset)]
    if "epochs" in given and "unfreeze_after" not in given:
        # A shorter run than the preset's still has to fit its phase of head-only epochs.
        with suppress(InvalidConfigError):  # said below, together with whatever else is wrong
            epochs = FinetuneConfig().changed({"epochs": given["epochs"]}).epochs
            given["unfreeze_after"] = min(config.unfreeze_after, epochs - 1)
    return config.changed(given)


def _watch(app: App, run_id: int) -> Run:
    shown = Progress()
    while not (run := app.runs.get(run_id)).status.is_final:
        if run.progress != shown:
            shown = run.progress
            _say(_progress_words(shown))
        time.sleep(0.5)
    for epoch in app.runs.epochs(run_id):
        _say(
            f"epoch {epoch.epoch}: loss {epoch.train_loss:.3f}, on held-out photos "
            f"{epoch.val_loss:.3f}, {epoch.val_accuracy:.1%} right"
        )
    return run


def _progress_words(progress: Progress) -> str:
    if not progress.epoch:
        count = f" {progress.done}/{progress.total}" if progress.total else ""
        return progress.phase + count
    left = f", {progress.seconds_left:.0f} s left" if progress.seconds_left is not None else ""
    rate = f"{progress.images_per_s:.0f} photos a second"
    return f"epoch {progress.epoch}/{progress.epochs}, {rate}{left}"


def _evaluate(options: argparse.Namespace, folder: Path) -> int:
    from dragon_app.services.evaluation import evaluate
    from dragon_app.services.intake import scan

    files = scan([options.folder])
    app = open_reader(folder)
    result = evaluate(app.predictions, files, run_id=options.run)
    for refusal in result.refused:
        _say(f"{refusal.name} {refusal.reason}.")
    answer = {
        "accuracy": result.accuracy,
        "n": result.n,
        "per_class": result.per_class,
        "confusion": result.confusion,
        "classes": result.class_names,
    }
    rows = [
        f"{name}: {scores['recall']:.1%} of {scores['n']:.0f} found"
        for name, scores in result.per_class.items()
    ]
    _show(options, answer, "\n".join([f"{result.accuracy:.1%} of {result.n} photos right", *rows]))
    return _DONE


def _predict(options: argparse.Namespace, folder: Path) -> int:
    from dragon_app.services.intake import scan

    files = scan(options.paths)
    if not files:
        raise DragonError(f"There is no file in {', '.join(map(str, options.paths))}.")
    app = open_reader(folder)
    answers = app.predictions.predict(files, run_id=options.run, top=options.top)
    for answer in answers:
        if answer.error:
            _say(f"{answer.name} {answer.error}.")
    if options.json or options.format == "json":
        sys.stdout.write(json.dumps({"predictions": [_prediction(a) for a in answers]}) + "\n")
    elif options.format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(["name", "class", "probability"])
        writer.writerows(
            [_cell(a.name), _cell(c.name), f"{c.probability:.6f}"]
            for a in answers
            for c in a.classes
        )
    else:
        for answer in answers:
            shown = ", ".join(
                f"{c.name} {c.probability:.1%}" for c in answer.classes[: options.top or 3]
            )
            sys.stdout.write(f"{answer.name}: {shown or answer.error}\n")
    return _DONE if any(answer.classes for answer in answers) else _BAD_INPUT


def _cell(name: str) -> str:
    """Return a name that a spreadsheet shows and does not compute."""
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name


def _prediction(answer: Prediction) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": answer.name,
        "classes": [{"name": c.name, "probability": c.probability} for c in answer.classes],
        "milliseconds": round(answer.milliseconds, 2),
    }
    return shown | ({"error": answer.error} if answer.error else {})


def _status(options: argparse.Namespace, folder: Path) -> int:
    app = open_reader(folder)
    summary = app.dataset.summary()
    runs = app.runs.all()
    current = app.predictions.current_run()
    training = next((run.id for run in runs if run.status is RunStatus.RUNNING), None)
    answer = {
        "workspace": str(folder),
        "images": summary.total,
        "unlabelled": summary.unlabelled,
        "binned": summary.binned,
        "classes": len(summary.classes),
        "missing": summary.missing,
        "runs": len(runs),
        "training": training,
        "try_run": None if current is None else current.id,
    }
    words = f"{summary.total} photos, {summary.unlabelled} unlabelled, {len(runs)} runs in {folder}"
    _show(options, answer, "\n".join([words, *summary.missing]))
    return _DONE


def _classes(options: argparse.Namespace, folder: Path) -> int:
    counts = open_reader(folder).dataset.summary().classes
    rows = [
        {
            "id": count.image_class.id,
            "name": count.image_class.name,
            "colour": count.image_class.colour,
            "images": count.total,
            "train": count.train,
            "val": count.val,
            "test": count.test,
        }
        for count in counts
    ]
    words = [f"{row['name']}: {row['images']} ({row['train']} to learn from)" for row in rows]
    _show(options, {"classes": rows}, "\n".join(words) or "No class yet.")
    return _DONE


def _runs(options: argparse.Namespace, folder: Path) -> int:
    rows = [
        {
            "run": run.id,
            "status": run.status,
            "val_accuracy": run.val_accuracy,
            "epochs": run.epochs_done,
            "seconds": round(run.seconds, 2),
            "weights": run.weights,
            "classes": run.class_names,
            "reason": run.reason,
            "config": json.loads(run.config_json),
        }
        for run in open_reader(folder).runs.all()
    ]
    words = [f"{row['run']}: {row['status']} {row['val_accuracy'] or ''}" for row in rows]
    _show(options, {"runs": rows}, "\n".join(words) or "No run yet.")
    return _DONE


def _backbones(options: argparse.Namespace, _: Path) -> int:
    check_packages()
    if options.name is None:
        networks = [
            {
                "name": each.name,
                "parameters": each.parameters,
                "image_size": each.image_size_px,
                "imagenet_top1": each.imagenet_top1,
                "is_starter": each.is_starter,
                "imagenet_is_here": each.imagenet_is_here,
            }
            for each in vision().backbones()
        ]
        words = [f"{each['name']}: {each['parameters']:,} parameters" for each in networks]
        _show(options, {"backbones": networks}, "\n".join(words))
        return _DONE
    info = vision().backbone(options.name)
    stages = [
        {
            "stage": stage.index,
            "name": stage.name,
            "modules": stage.modules,
            "parameters": stage.parameters,
            "output_size": stage.output_size_px,
        }
        for stage in info.stages
    ]
    answer = {"name": info.name, "parameters": info.parameters, "stages": stages}
    words = [f"{s['stage']}: {s['name']}, {s['parameters']:,} parameters" for s in stages]
    _show(options, answer, "\n".join(words))
    return _DONE


def _serve(options: argparse.Namespace, folder: Path) -> int:
    check_packages()
    from dragon_app.ui.server import serve

    serve(folder, host=options.host, port=options.port, opens_browser=not options.no_browser)
    return _DONE


_COMMANDS: dict[str, Callable[[argparse.Namespace, Path], int]] = {
    "add": _add,
    "train": _train,
    "evaluate": _evaluate,
    "predict": _predict,
    "status": _status,
    "classes": _classes,
    "runs": _runs,
    "backbones": _backbones,
    "serve": _serve,
}


@contextmanager
def _open(folder: Path) -> Iterator[App]:
    app = open_app(folder)
    try:
        yield app
    finally:
        app.close()


def _show(options: argparse.Namespace, answer: dict[str, Any], words: str) -> None:
    sys.stdout.write((json.dumps(answer) if options.json else words) + "\n")


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")


def _counter(verb: str) -> Callable[[int, int], None]:
    """Report on stderr at most twice a second."""
    said_at = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal said_at
        if done < total and time.monotonic() - said_at < 0.5:
            return
        said_at = time.monotonic()
        _say(f"{done} of {total} photos {verb}")

    return report
