"""What went into a run: shown, downloaded, its photos then and now, and the same training again."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from dragon_app.core.provenance import Provenance
from dragon_app.services.repeating import Record
from dragon_app.ui.routes.photos import MARK_LENGTH
from dragon_app.ui.routes.runs import shown
from dragon_app.wiring import App, Session

_PAGE = 60  # photos of a list in one answer


def router(session: Session) -> APIRouter:
    """Serve `/dragon/runs/N/provenance`, `/dragon/runs/N/then` and `/dragon/runs/N/again`."""
    routes = APIRouter(prefix="/dragon")

    @routes.get("/runs/{run_id}/provenance")
    def provenance(run_id: int) -> dict[str, Any]:
        record = session.app.repeating.record(run_id)
        return {"rows": _rows(record), "repeats": _repeat_words(session.app, record)}

    @routes.get("/runs/{run_id}/provenance.json")
    def download(run_id: int) -> JSONResponse:
        name = f"dragon-run-{run_id}.json"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return JSONResponse(_whole(session.app.repeating.record(run_id)), headers=headers)

    @routes.get("/runs/{run_id}/then")
    def then(run_id: int, start: Annotated[int, Query(ge=0)] = 0) -> dict[str, Any]:
        """Return some of a run's photos with their class when it began and today."""
        return _then(session.app, run_id, start)

    @routes.get("/runs/{run_id}/again")
    def look(run_id: int) -> dict[str, Any]:
        """Say what stands against training a run again, and why it might come out otherwise."""
        check = session.app.repeating.check(run_id)
        return {"problems": check.problems, "warnings": check.warnings}

    @routes.post("/runs/{run_id}/again")
    def again(run_id: int) -> dict[str, Any]:
        app = session.app
        return {"run": shown(app, app.repeating.start(run_id))}

    return routes


def _rows(record: Record) -> list[dict[str, str]]:
    """Return what went in as labels, values for people and fingerprints; without the unknown."""
    run, snapshot = record.run, record.snapshot
    rows = [
        ("Photos and labels", f"{len(snapshot.samples):,} photos", snapshot.digest),
        ("First weights", run.weights, ""),
    ]
    for number, beginning in enumerate(record.beginnings):
        if number:
            began = f"{beginning.began_at:%Y-%m-%d %H:%M}"
            rows.append(("Went on under other conditions", began, ""))
        rows += _beginning(beginning)
    if run.extended_at:
        epochs = " and ".join(map(str, run.extended_at))
        rows.append(("Asked for more", f"after epoch {epochs}", ""))
    rows.append(("The model it made", "", run.digest or ""))
    if not record.beginnings:
        rows.append(("Programs and machine", "not recorded: this run is older than that", ""))
    return [
        {"label": label, "value": value, "fingerprint": fingerprint}
        for label, value, fingerprint in rows
        if value or fingerprint
    ]


def _beginning(beginning: Provenance) -> list[tuple[str, str, str]]:
    machine, origin = beginning.machine, beginning.origin
    memory = f", {machine.memory_bytes / 2**30:.0f} GB of memory" if machine.memory_bytes else ""
    versions = ", ".join(f"{name} {version}" for name, version in beginning.versions.items())
    digest = origin.weights_digest
    return [
        ("The file of its first weights", "" if digest else "none: random", digest),
        ("Programs", versions, ""),
        ("Machine", f"{machine.processor}, {machine.cores} cores{memory}, {machine.system}", ""),
        ("Computed on", f"{origin.device} with {origin.threads} threads", ""),
    ]


def _repeat_words(app: App, record: Record) -> str:
    """Say whether a run that repeats another came out the same; empty for other runs."""
    run = record.run
    if run.repeats is None or not run.digest:
        return ""
    first = app.runs.get(run.repeats)
    if run.digest == first.digest:
        return f"Trained again just as run {first.id}: the same model, to the last bit."
    if not first.digest:
        return f"Trained again just as run {first.id}, which kept no fingerprint to compare with."
    return f"Trained again just as run {first.id}, and it came out another model."


def _whole(record: Record) -> dict[str, Any]:
    """Return everything that went into a run, each photo included, and what came out."""
    run, snapshot = record.run, record.snapshot
    return {
        "run": run.id,
        "status": run.status,
        "created_at": run.created_at.isoformat(),
        "seconds": run.seconds,
        "repeats": run.repeats,
        "config": record.settings,
        "weights": run.weights,
        "beginnings": [each.facts() for each in record.beginnings],
        "result": {
            "val_accuracy": run.val_accuracy,
            "val_confusion": run.val_confusion,
            "best_epoch": run.best_epoch,
            "checkpoint": run.digest,
        },
        "snapshot": snapshot.digest,
        "classes": snapshot.class_names,
        "photos": [
            {
                "sha256": each.digest,
                "class": snapshot.class_names[each.target],
                "part": each.split,
                "name": record.names.get(each.digest),
            }
            for each in snapshot.samples
        ],
    }


def _then(app: App, run_id: int, start: int) -> dict[str, Any]:
    found = app.history.of_run(run_id)
    some = found.photos[start : start + _PAGE]
    ids = [photo.image_id for photo in some if photo.image_id is not None]
    images = {image.id: image for image in app.dataset.described(ids)}
    names = {each.id: each.name for each in app.labelling.classes()}
    changed = set(found.changed)
    photos = []
    for photo in some:
        image = images.get(photo.image_id or 0)
        now = names.get(photo.class_id or 0, "no class")
        photos.append(
            {
                "id": photo.image_id,
                "v": image.digest[:MARK_LENGTH] if image else "",
                "name": image.name if image else "removed for good",
                "then": found.class_names[photo.target],
                "now": "removed" if image is None else "in the bin" if photo.is_binned else now,
                "part": photo.split,
                "is_changed": image is None or photo.image_id in changed,
            }
        )
    return {"total": len(found.photos), "start": start, "photos": photos}
