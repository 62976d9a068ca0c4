"""Which folder the page works on: the open one, recent ones, going over to another."""

import os
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from dragon_app.core.errors import WorkspaceError
from dragon_app.services.cache import cache_size_bytes, clear_cache
from dragon_app.services.recent import is_workspace, recent_workspaces, remember
from dragon_app.wiring import DEFAULT_WORKSPACE, Session

RECENT = DEFAULT_WORKSPACE.parent / "recent.json"


class WorkspaceRequest(BaseModel):
    """Which workspace to open, and whether it is to be made."""

    folder: str
    is_new: bool = False


def router(session: Session) -> APIRouter:
    """Serve `/dragon/workspaces` and `/dragon/cache/clear`."""
    routes = APIRouter(prefix="/dragon")

    @routes.get("/workspaces")
    def workspaces() -> dict[str, Any]:
        folder = session.app.workspace.folder
        known = dict.fromkeys([*recent_workspaces(RECENT), DEFAULT_WORKSPACE])
        return {
            "folder": str(folder),
            "size_bytes": session.app.dataset.size_bytes(),
            "cache_bytes": cache_size_bytes(session.app.workspace),
            "beside": str(DEFAULT_WORKSPACE.parent),
            "recent": [
                {"name": each.name, "folder": str(each)}
                for each in known
                if each != folder and is_workspace(each)
            ],
        }

    @routes.post("/workspaces")
    def open_workspace(asked: WorkspaceRequest) -> dict[str, Any]:
        folder = _meant(asked.folder)
        (_check_new if asked.is_new else _check_there)(folder)
        previous = session.app.workspace.folder
        session.open(folder)
        remember(RECENT, previous)
        remember(RECENT, folder)
        return {"folder": str(folder)}

    @routes.post("/cache/clear")
    def clear() -> dict[str, Any]:
        clear_cache(session.app.workspace)
        return {}

    return routes


def _meant(text: str) -> Path:
    """Return the folder that a person typed; a bare name lies beside the default workspace."""
    if not text.strip():
        raise WorkspaceError("Name a folder for the workspace.")
    if not text.isprintable():  # the system refuses a zero byte and half characters
        raise WorkspaceError(f"{text!a} is not a folder.")
    try:
        folder = DEFAULT_WORKSPACE.parent / Path(text.strip()).expanduser()
        return Path(os.path.normpath(folder))
    except (RuntimeError, ValueError) as error:
        raise WorkspaceError(f"{text!r} is not a folder: {error}.") from error


def _check_new(folder: Path) -> None:
    if is_workspace(folder):
        raise WorkspaceError(f"There is a workspace in {folder} already. Open it instead.")
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise WorkspaceError(
                f"{folder} holds other files. Name a folder that is not there yet."
            )
    except OSError as error:
        raise WorkspaceError(f"Cannot look into {folder} ({error.strerror}).") from error


def _check_there(folder: Path) -> None:
    if not is_workspace(folder):
        raise WorkspaceError(f"There is no workspace in {folder}. Make a new one there?")
