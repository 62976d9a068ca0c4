"""How the page's own routes answer: JSON, and everything that goes wrong as words for people."""

import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Header, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from dragon_app.core.errors import DragonError, NotFoundError
from dragon_app.wiring import Session


class OtherWorkspaceError(DragonError):
    """The page that asks was drawn for a workspace that is no longer the open one."""


def speak_in_words(app: FastAPI) -> None:
    """Let every route of the app answer errors as `{"error": words}`."""

    def refused(_: Request, error: Exception) -> Response:
        assert isinstance(error, DragonError)  # noqa: S101  # it is registered for nothing else
        return _words(error)

    def misunderstood(_: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101  # as above
        problems = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        return JSONResponse({"error": f"The request is not complete: {'; '.join(problems)}"}, 422)

    async def failed(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101  # as above
        if not request.url.path.startswith("/dragon/"):
            return await http_exception_handler(request, error)
        words = f"The request was not understood: {error.detail}"
        return JSONResponse({"error": words}, error.status_code, error.headers)

    app.add_exception_handler(DragonError, refused)
    app.add_exception_handler(HTTPException, failed)
    app.add_exception_handler(RequestValidationError, misunderstood)


def workspace_key(folder: Path) -> str:
    """Return a short name for a workspace that pages send with what they ask."""
    return hashlib.sha256(str(folder).encode()).hexdigest()[:12]


def same_workspace(session: Session) -> Callable[[str | None], Awaitable[None]]:
    """Return a check: a page left behind in another tab must not change this workspace's photos."""

    # A coroutine: FastAPI would hand a plain function to another thread for every request.
    async def check(x_dragon_workspace: Annotated[str | None, Header()] = None) -> None:
        if x_dragon_workspace not in {None, workspace_key(session.app.workspace.folder)}:
            raise OtherWorkspaceError(
                "Another workspace was opened in the meantime. Reload this page to see it."
            )

    return check


def at_work(session: Session) -> Callable[[], Awaitable[None]]:
    """Return what notes that a person did something: the work in the background keeps back."""

    async def note() -> None:
        session.app.presence.note()

    return note


def _words(error: DragonError) -> JSONResponse:
    status = 400
    if isinstance(error, NotFoundError):
        status = 404
    elif isinstance(error, OtherWorkspaceError):
        status = 409
    return JSONResponse({"error": str(error)}, status)
