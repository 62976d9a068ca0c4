"""Zips and tables on their way in. A zip is written to the disk as it comes, then added."""

import contextlib
import os
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, UploadFile
from fastapi.concurrency import run_in_threadpool

from dragon_app.core.errors import WorkspaceError
from dragon_app.core.names import shown_name
from dragon_app.core.tables import MAX_TABLE_BYTES
from dragon_app.services.importing import Import
from dragon_app.ui.routes.steps import Batch
from dragon_app.ui.routes.uploads import class_name
from dragon_app.wiring import Session

_LONGEST_NAME = 200
_MOST_REFUSED = 200


def router(session: Session) -> APIRouter:
    """Serve `/dragon/archives` and `/dragon/tables`."""
    routes = APIRouter(prefix="/dragon")

    @routes.post("/archives")
    async def start(
        request: Request,
        name: Annotated[str, Query(max_length=_LONGEST_NAME)],
        class_id: int | None = None,
    ) -> dict[str, Any]:
        """Take a zip, the body of the request, and begin to add what is in it."""
        app = session.app
        its_class = await run_in_threadpool(class_name, app, class_id)
        path = app.workspace.uploads_folder / f"{os.urandom(8).hex()}.zip"
        try:
            await _write(request, path)
            return _answer(app.importing.start(path, name=shown_name(name), class_name=its_class))
        except BaseException:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            raise

    @routes.get("/archives/{import_id}")
    def progress(import_id: int) -> dict[str, Any]:
        return _answer(session.app.importing.progress(import_id))

    @routes.post("/archives/{import_id}/stop")
    def stop(import_id: int) -> dict[str, Any]:
        session.app.importing.stop(import_id)
        return {}

    @routes.post("/tables")
    def label(file: UploadFile, batch: Annotated[Batch, Form()]) -> dict[str, Any]:
        """Label the photos that a table names; one undo step."""
        data = file.file.read(MAX_TABLE_BYTES + 1)
        name = shown_name(file.filename or "table.csv")[-_LONGEST_NAME:]
        done = session.app.importing.label_by_table(data, name, batch=batch)
        return {
            "labelled": done.labelled,
            "had_it": done.had_it,
            "refused": [{"name": each.name, "reason": each.reason} for each in done.refused],
        }

    return routes


async def _write(request: Request, path: Path) -> None:
    try:
        with await run_in_threadpool(path.open, "xb") as file:
            async for chunk in request.stream():
                await run_in_threadpool(file.write, chunk)
    except OSError as error:
        raise WorkspaceError(
            f"The zip could not be written to {path.parent} ({error.strerror}). Free some space."
        ) from error


def _answer(now: Import) -> dict[str, Any]:
    refused = now.result.refused
    return {
        "id": now.id,
        "done": now.done,
        "total": now.total,
        "is_over": now.is_over,
        "problem": now.problem,
        "added": now.result.added,
        "duplicates": now.result.duplicates,
        "refused_count": len(refused),
        "refused": [{"name": each.name, "reason": each.reason} for each in refused[:_MOST_REFUSED]],
    }
