"""Photos on their way in: a few files a request, so that a page can show progress and stop."""

import json
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, UploadFile

from dragon_app.core.errors import BadImageError, DragonError, NotFoundError
from dragon_app.core.types import AddResult
from dragon_app.imaging.decode import MAX_BYTES, check_size
from dragon_app.services.intake import IncomingFile, place
from dragon_app.ui.routes.answers import at_work
from dragon_app.wiring import App, Session

_MOST_FILES = 64
_LONGEST_NAME = 200


def router(session: Session) -> APIRouter:
    """Serve `/dragon/uploads`."""
    routes = APIRouter(prefix="/dragon", dependencies=[Depends(at_work(session))])

    @routes.post("/uploads")
    def upload(
        files: list[UploadFile],
        class_id: Annotated[int | None, Form()] = None,
        paths: Annotated[str, Form()] = "",
        folders: Annotated[str, Form()] = "",
        remaining_bytes: Annotated[int, Form()] = 0,
    ) -> dict[str, Any]:
        """Add files, of one class if `class_id` is given.

        `paths` holds for each file the folders it lies in, outermost first; `folders` every
        folder of the first level: they name classes, and the parts train, val and test.
        `remaining_bytes` is what the page still has to send, these files included.
        """
        if len(files) > _MOST_FILES:
            raise DragonError(f"Send at most {_MOST_FILES} files at once; these are {len(files)}.")
        app = session.app
        places = _lists(paths) or [[]] * len(files)
        if len(places) != len(files):
            raise DragonError(f"{len(files)} files came with the places of {len(places)}.")
        inside = [name for names in _lists(f"[{folders}]" if folders else "") for name in names]
        incoming = [_incoming(file, each, inside) for file, each in zip(files, places, strict=True)]
        result = app.dataset.add(
            incoming, class_name=class_name(app, class_id), expected_bytes=remaining_bytes
        )
        return answer(result)

    return routes


def answer(result: AddResult) -> dict[str, Any]:
    """Return what became of files, as JSON."""
    return {
        "added": result.added,
        "duplicates": result.duplicates,
        "refused": [{"name": each.name, "reason": each.reason} for each in result.refused],
        "image_ids": result.image_ids,
    }


def incoming_file(file: UploadFile) -> IncomingFile:
    """Return an uploaded file as services take it; of its name, only the last part."""
    name = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1].strip()

    def read() -> bytes:
        try:
            if file.size is not None:
                check_size(file.size)
            return file.file.read(MAX_BYTES + 1)  # the decoder refuses what is longer
        except OSError as error:
            raise BadImageError(f"did not arrive: {error.strerror or error}") from error

    return IncomingFile(name=name[-_LONGEST_NAME:] or "photo", read=read, size_bytes=file.size or 0)


def _incoming(file: UploadFile, folders: list[str], inside: list[str]) -> IncomingFile:
    plain = incoming_file(file)
    folder_class, split = place(folders, inside)
    return replace(plain, class_name=folder_class, split=split)


def class_name(app: App, class_id: int | None) -> str | None:
    """Return what a class is called; raise `NotFoundError` when it is gone."""
    if class_id is None:
        return None
    for each in app.labelling.classes():
        if each.id == class_id:
            return each.name
    raise NotFoundError(f"There is no class {class_id}. It may have been deleted.")


def _lists(text: str) -> list[list[str]]:
    """Read a JSON list of lists of strings."""
    if not text:
        return []
    try:
        value = json.loads(text)
    except ValueError as error:
        raise DragonError("The places of the files are not JSON.") from error
    if not isinstance(value, list) or not all(
        isinstance(each, list) and all(isinstance(name, str) for name in each) for each in value
    ):
        raise DragonError("The places of the files are not lists of names.")
    return value
