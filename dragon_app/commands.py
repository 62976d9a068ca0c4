"""The commands of the shell that change something, and the table of all of them."""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from dragon_app import champion, contest, explanations, reading
from dragon_app.core.balance import is_unequal
from dragon_app.core.config import OF_STEPS, FinetuneConfig, Optimizer, WeightsSource
from dragon_app.core.errors import DragonError
from dragon_app.core.metrics import balanced_accuracy, percent
from dragon_app.core.names import clean_name
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.core.setup import check_packages
from dragon_app.core.strategies import Compared
from dragon_app.core.training import Run, RunStatus
from dragon_app.output import BAD_INPUT, DONE, FAILED, say, show
from dragon_app.services.forewarning import warnings_before
from dragon_app.services.measuring import MeasureStatus
from dragon_app.services.recent import is_workspace
from dragon_app.watching import watch
from dragon_app.wiring import DEFAULT_WORKSPACE, App, open_app

_SETTINGS = (
    "backbone", "freeze", "unfreeze_after", "image_size_px", "epochs", "head_lr", "layer_decay",
    "optimizer", "momentum", "weight_decay", "schedule", "batch_size", "augment", "mirror", "mixup",
    "label_smoothing", "balance", "patience", "good_enough", "seed", "device", "arithmetic",
)  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Run the command that was asked for and return its exit code."""
    folder = (options.workspace or DEFAULT_WORKSPACE).expanduser().absolute()
    command: Callable[[argparse.Namespace, Path], int] = _COMMANDS[options.command]
    return command(options, folder)


def _add(options: argparse.Namespace, folder: Path) -> int:
    from dragon_app.services.intake import scan

    if options.class_name is not None:
        clean_name(options.class_name)
    archives = [path for path in options.paths if path.suffix.casefold() == ".zip"]
    files = scan([path for path in options.paths if path not in archives])
    scan(archives)  # says so when one is not there
    if not files and not archives:
        raise DragonError(f"There is no file in {', '.join(map(str, options.paths))}.")
    with _open(folder) as app:
        result, labelled = app.importing.add(
            files, archives, class_name=options.class_name, report=_counter("read")
        )
    for refusal in result.refused:
        say(f"{refusal.name} {refusal.reason}.")
    answer = {
        "added": result.added,
        "duplicates": result.duplicates,
        "labelled": labelled,
        "refused": [{"name": r.name, "reason": r.reason} for r in result.refused],
    }
    words = (
        f"{result.added} added, {result.duplicates} already there, {len(result.refused)} refused"
    )
    by_table = f", {labelled} labelled by a table" if labelled else ""
    show(options, answer, words + by_table)
    return DONE if result.image_ids or labelled else BAD_INPUT


def _train(options: argparse.Namespace, folder: Path) -> int:
    start = _beginning(options)
    check_packages()
    if not is_workspace(folder):  # opening it for writing would make one
        raise DragonError(f"There is no workspace in {folder} yet. Add photos to it first.")
    with _open(folder) as app:
        started = start(app)
        try:
            ended = watch(app, started.id)
        except KeyboardInterrupt:
            say("Pausing after this batch ...")
            app.runs.pause(started.id)
            ended = app.runs.wait(started.id)
    if ended.reason:
        say(ended.reason)
    if ended.can_go_on:
        say(f"To go on with it: python -m dragon_app train --resume {ended.id}")
    n = [sum(row) for row in ended.val_confusion]
    balanced = balanced_accuracy(ended.val_confusion)
    answer = {
        "run": ended.id,
        "status": ended.status,
        "val_accuracy": ended.val_accuracy,
        "balanced_accuracy": balanced if n else None,
        "epochs": ended.epochs_done,
        "seconds": round(ended.seconds, 2),
    }
    accuracy = f", {percent(ended.val_accuracy)} right" if ended.val_accuracy is not None else ""
    if is_unequal(n):
        accuracy += f" ({percent(balanced)} when every class counts alike)"
    show(options, answer, f"Run {ended.id} {ended.status}{accuracy}, weights: {ended.weights}")
    return DONE if ended.status is RunStatus.FINISHED else FAILED


def _beginning(options: argparse.Namespace) -> Callable[[App], Run]:
    """Return what starts the run that was asked for: a new one, one again, or one that goes on."""
    if options.again is not None:
        _refuse_settings(options, "A run is trained again just so, with its own settings")
        return partial(_again, run_id=options.again)
    if options.resume is not None:
        _refuse_settings(options, "A run goes on with its own settings")
        return lambda app: app.runs.resume(options.resume)
    if options.extend is not None:
        _refuse_settings(options, "A run goes on with its own settings", allowed="epochs")
        if not (options.epochs or "").isdecimal():
            raise DragonError("Say for how many more epochs, for example --epochs 5.")
        return lambda app: app.runs.extend(options.extend, int(options.epochs))
    config = _config(options)

    def start(app: App) -> Run:
        app.runs.check(config)
        for words in warnings_before(config, backbones=app.backbones, dataset=app.dataset):
            say(words)
        return app.runs.start(config)

    return start


def _again(app: App, *, run_id: int) -> Run:
    for warning in app.repeating.check(run_id).warnings:
        say(f"{warning} The numbers may differ.")
    return app.repeating.start(run_id)


def _refuse_settings(options: argparse.Namespace, why: str, *, allowed: str = "") -> None:
    """A run that is there brings all of its settings: others beside it are refused."""
    asked = [name for name in ("again", "resume", "extend") if getattr(options, name) is not None]
    names = [*_SETTINGS, "weights", *asked[1:]]
    given = [name for name in names if name != allowed and getattr(options, name) is not None]
    if given:
        words = ", ".join(name.replace("_", " ") for name in given)
        raise DragonError(f"{why}. Leave out: {words}.")


def _find_rate(options: argparse.Namespace, folder: Path) -> int:
    config = _config(options)
    check_packages()
    if not is_workspace(folder):
        raise DragonError(f"There is no workspace in {folder} yet. Add photos to it first.")
    with _open(folder) as app:
        app.runs.check(config)
        search = app.measuring.find_rate(config)
        try:
            while search.status is MeasureStatus.MEASURING:
                app.measuring.wait(timeout_s=0.5)
                search = app.measuring.rate()
                if search.status is MeasureStatus.MEASURING:
                    say(f"{search.words} {search.done}/{search.total}")
        except KeyboardInterrupt:
            say("Stopping ...")
            app.measuring.stop_rate()
            app.measuring.wait()
            search = app.measuring.rate()
    if search.status is not MeasureStatus.READY:
        raise DragonError(search.words)
    answer = {"suggestion": search.suggestion, "points": search.points, "words": search.words}
    found = "" if search.suggestion is None else f"Take --lr {search.suggestion:g}"
    show(options, answer, found or search.words)
    return FAILED if search.suggestion is None else DONE


def _compare(options: argparse.Namespace, folder: Path) -> int:
    config = _config(options)
    check_packages()
    if not is_workspace(folder):
        raise DragonError(f"There is no workspace in {folder} yet. Add photos to it first.")
    epochs = None if options.epochs is None else int(float(options.epochs))
    with _open(folder) as app:
        standing = contest.compare(app, Compared(options.what), config, epochs=epochs)
    show(options, contest.answer(standing), contest.table(standing))
    return FAILED if standing.winner is None else DONE


def _promote(options: argparse.Namespace, folder: Path) -> int:
    return _change_champion(options, folder, lambda app: champion.promote(app, options.run))


def _step_back(options: argparse.Namespace, folder: Path) -> int:
    return _change_champion(options, folder, champion.step_back)


def _change_champion(
    options: argparse.Namespace, folder: Path, change: Callable[[App], str]
) -> int:
    if not is_workspace(folder):
        raise DragonError(f"There is no workspace in {folder} yet: no run can answer.")
    with _open(folder) as app:
        words = change(app)
        show(options, champion.answer(app), words)
    return DONE


def _config(options: argparse.Namespace) -> FinetuneConfig:
    values = {name: getattr(options, name) for name in _SETTINGS}
    given: dict[str, object] = {name: value for name, value in values.items() if value is not None}
    if options.weights in {w for w in WeightsSource if w is not WeightsSource.FILE}:
        given["weights"] = options.weights
    elif options.weights is not None:
        if not Path(options.weights).is_file():
            raise DragonError(
                f"There is no weights file {options.weights}. "
                "Say starter, imagenet, none, or name a file that is there."
            )
        given |= {
            "weights": WeightsSource.FILE,
            "weights_file": str(Path(options.weights).absolute()),
        }
    config = PRESETS[Preset(options.preset)].changed(given)
    idle = [name.replace("_", " ") for name in OF_STEPS if name in given]
    if config.optimizer is Optimizer.EXACT and idle:
        say(
            f"The exact optimizer takes no steps, so this does not count: {', '.join(idle)}. Add "
            "--optimizer adamw to train with it."
        )
    return config


def _serve(options: argparse.Namespace, folder: Path) -> int:
    check_packages()
    from dragon_app.ui.server import serve

    serve(folder, host=options.host, port=options.port, opens_browser=not options.no_browser)
    return DONE


_COMMANDS: dict[str, Callable[[argparse.Namespace, Path], int]] = {
    "add": _add,
    "train": _train,
    "find-rate": _find_rate,
    "compare": _compare,
    "promote": _promote,
    "step-back": _step_back,
    "evaluate": reading.evaluate,
    "predict": reading.predict,
    "explain": explanations.explain,
    "status": reading.status,
    "classes": reading.classes,
    "runs": reading.runs,
    "backbones": reading.backbones,
    "inbox": reading.inbox,
    "shortcuts": reading.shortcuts,
    "export": reading.export,
    "export-model": reading.export_model,
    "serve": _serve,
}


@contextmanager
def _open(folder: Path) -> Iterator[App]:
    app = open_app(folder)
    try:
        yield app
    finally:
        app.close()


def _counter(verb: str) -> Callable[[int, int], None]:
    """Report on stderr at most twice a second."""
    said_at = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal said_at
        if done < total and time.monotonic() - said_at < 0.5:
            return
        said_at = time.monotonic()
        say(f"{done} of {total} photos {verb}")

    return report
