"""The commands that only look: they work beside a page that has the workspace open."""

import argparse
import csv
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dragon_app.core.balance import is_unequal
from dragon_app.core.errors import DragonError
from dragon_app.core.inbox import Finding
from dragon_app.core.metrics import balanced_accuracy, percent
from dragon_app.core.setup import check_packages
from dragon_app.core.tables import cell
from dragon_app.core.training import Prediction, Run, RunStatus
from dragon_app.output import BAD_INPUT, DONE, say, show
from dragon_app.services.cache import cache_size_bytes
from dragon_app.services.inbox_words import reason_words
from dragon_app.storage.set_aside import set_aside_words
from dragon_app.wiring import open_reader, vision


def evaluate(options: argparse.Namespace, folder: Path) -> int:
    """Measure a run on a folder of class folders."""
    from dragon_app.services.evaluation import evaluate
    from dragon_app.services.intake import scan

    files = scan([options.folder])
    app = open_reader(folder)
    result = evaluate(app.predictions, files, run_id=options.run)
    for refusal in result.refused:
        say(f"{refusal.name} {refusal.reason}.")
    balanced = balanced_accuracy(result.confusion)
    answer = {
        "accuracy": result.accuracy,
        "balanced_accuracy": balanced,
        "n": result.n,
        "per_class": result.per_class,
        "confusion": result.confusion,
        "classes": result.class_names,
    }
    rows = [
        f"{name}: {percent(scores['recall'])} of {scores['n']:.0f} found"
        for name, scores in result.per_class.items()
    ]
    words = f"{percent(result.accuracy)} of {result.n} photos right"
    if is_unequal([sum(row) for row in result.confusion]):
        words += f", {percent(balanced)} when every class counts alike"
    show(options, answer, "\n".join([words, *rows]))
    return DONE


def predict(options: argparse.Namespace, folder: Path) -> int:
    """Name what is on photos."""
    from dragon_app.services.intake import scan

    files = scan(options.paths)
    if not files:
        raise DragonError(f"There is no file in {', '.join(map(str, options.paths))}.")
    app = open_reader(folder)
    answers = app.predictions.predict(files, run_id=options.run, top=options.top)
    for answer in answers:
        if answer.error:
            say(f"{answer.name} {answer.error}.")
    if options.json or options.format == "json":
        sys.stdout.write(json.dumps({"predictions": [_prediction(a) for a in answers]}) + "\n")
    elif options.format == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(["name", "class", "probability"])
        writer.writerows(
            [cell(a.name), cell(c.name), f"{c.probability:.6f}"] for a in answers for c in a.classes
        )
    else:
        for answer in answers:
            shown = ", ".join(
                f"{c.name} {percent(c.probability)}" for c in answer.classes[: options.top or 3]
            )
            sys.stdout.write(f"{answer.name}: {shown or answer.error}\n")
    return DONE if any(answer.classes for answer in answers) else BAD_INPUT


def _prediction(answer: Prediction) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": answer.name,
        "classes": [{"name": c.name, "probability": c.probability} for c in answer.classes],
        "milliseconds": round(answer.milliseconds, 2),
    }
    return shown | ({"error": answer.error} if answer.error else {})


def status(options: argparse.Namespace, folder: Path) -> int:
    """Say what the workspace holds."""
    app = open_reader(folder)
    summary = app.dataset.summary()
    runs = app.runs.all()
    current = app.predictions.current_run()
    aside = app.workspace.set_aside
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
        "cache_bytes": cache_size_bytes(app.workspace),
        "set_aside": aside.count(),
        "try_run": None if current is None else current.id,
    }
    words = f"{summary.total} photos, {summary.unlabelled} unlabelled, {len(runs)} runs in {folder}"
    notes = [set_aside_words(aside.count(), aside.folder)] if aside.count() else []
    show(options, answer, "\n".join([words, *summary.missing, *notes]))
    return DONE


def inbox(options: argparse.Namespace, folder: Path) -> int:
    """List the photos that are worth another look, and say what fixes brought."""
    check_packages()
    app = open_reader(folder)
    app.embedding.open(on_more=lambda: None)
    try:
        standing = app.inbox.wait(report=say)
    finally:
        app.inbox.close()
        app.embedding.close()
    names = {each.id: each.name for each in app.labelling.classes()}
    findings = app.inbox.findings()
    shown = findings[: options.most]
    photos = app.workspace.images.names([each.image_id for each in shown])
    rows = [
        {
            "image_id": each.image_id,
            "photo": photos[each.image_id],
            "class": names.get(each.class_id or 0),
            "kinds": [reason.kind for reason in each.reasons],
            "why": _why(each, names),
            "suggestion": names.get(each.suggestion.class_id or 0) if each.suggestion else None,
        }
        for each in shown
    ]
    gain = app.gains.latest()
    answer = {
        "status": standing.status,
        "words": standing.words,
        "open": len(findings),
        "findings": rows,
        "gain": gain.words if gain else None,
    }
    lines = [f"{photos[each.image_id]}: {' '.join(_why(each, names))}" for each in shown]
    if len(findings) > len(rows):
        lines.append(f"{len(findings) - len(rows):,} more; --most shows them.")
    notes = [each for each in (standing.words, gain.words if gain else "") if each]
    show(options, answer, "\n".join([*lines, *notes]))
    return DONE


def _why(finding: Finding, names: Mapping[int, str]) -> list[str]:
    return [reason_words(reason, finding, names) for reason in finding.reasons]


def shortcuts(options: argparse.Namespace, folder: Path) -> int:
    """Say whether something plain alone gives a class away."""
    finder = open_reader(folder).shortcuts
    found = finder.of_today() if options.run is None else finder.of_run(options.run)
    rows = [
        {**w.facts(), "photos": [i.name for i in w.typical], "others": [i.name for i in w.others]}
        for w in found.warnings
    ]
    lines = [
        f"{each.words} {each.advice}\nFor example {', '.join(i.name for i in each.typical)}"
        for each in found.warnings
    ]
    show(options, {**found.facts(), "shortcuts": rows}, "\n".join(lines) or found.words)
    return DONE


def classes(options: argparse.Namespace, folder: Path) -> int:
    """List the classes."""
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
    show(options, {"classes": rows}, "\n".join(words) or "No class yet.")
    return DONE


def runs(options: argparse.Namespace, folder: Path) -> int:
    """List the runs."""
    app = open_reader(folder)
    beginnings = app.workspace.provenances.all()
    found = app.runs.all()
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
            "snapshot": run.snapshot_digest,
            "checkpoint": run.digest,
            "repeats": run.repeats,
            "provenance": [each.facts() for each in beginnings.get(run.id, [])],
        }
        for run in found
    ]
    words = "\n".join(map(_run_words, found)) or "No run yet."
    show(options, {"runs": rows}, words)
    return DONE


def _run_words(run: Run) -> str:
    accuracy = "" if run.val_accuracy is None else f", {percent(run.val_accuracy)} right"
    rest = f"; it can go on: train --resume {run.id}" if run.can_go_on else ""
    return f"{run.id}: {run.status}{accuracy}{rest}"


def backbones(options: argparse.Namespace, _: Path) -> int:
    """List the networks, or the stages of one."""
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
        show(options, {"backbones": networks}, "\n".join(words))
        return DONE
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
    show(options, answer, "\n".join(words))
    return DONE


def export(options: argparse.Namespace, folder: Path) -> int:
    """Write the photos and what was said about them into a file."""
    from dragon_app.services.exporting import Layout

    if options.file.exists():
        raise DragonError(f"{options.file} is there already. Name a file that is not.")
    app = open_reader(folder)
    done = app.exporting.write(
        options.file,
        Layout(options.format),
        is_labelled=options.only_labelled,
        keeps_notes=options.exif,
    )
    for name in done.lost:
        say(f"{name} could not be read and was left out.")
    answer = {"file": str(options.file), "photos": done.photos, "lost": list(done.lost)}
    show(options, answer, f"{done.photos} photos in {options.file}")
    return DONE


def export_model(options: argparse.Namespace, folder: Path) -> int:
    """Write a run's model into a zip that works without the app."""
    if options.file.exists():
        raise DragonError(f"{options.file} is there already. Name a file that is not.")
    check_packages()
    app = open_reader(folder)
    app.packing.write(options.run, options.file)
    size = options.file.stat().st_size
    answer = {"file": str(options.file), "run": options.run, "bytes": size}
    show(options, answer, f"The model of run {options.run}, {size / 1e6:.1f} MB, in {options.file}")
    return DONE
