"""The whole server without a socket: a fresh one for a test that changes things, else a shared."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dragon_app.ui.routes import workspaces
from dragon_app.ui.server import build_asgi
from dragon_app.ui.web import Guard
from dragon_app.wiring import Session

ADDRESS = "http://127.0.0.1:7860"


@pytest.fixture
def session(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """An empty workspace; which workspaces were open lately is kept beside it."""
    monkeypatch.setattr(workspaces, "RECENT", folder.parent / "recent.json")
    opened = Session(folder)
    yield opened
    opened.close()


@pytest.fixture
def client(session: Session) -> Iterator[TestClient]:
    """A client of a server of its own."""
    with TestClient(build_asgi(session), base_url=ADDRESS) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A workspace for the tests of a module that only look."""
    opened = Session(tmp_path_factory.mktemp("shared") / "workspace")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def shared_asgi(shared_session: Session) -> Guard:
    """The server on the shared workspace."""
    return build_asgi(shared_session)


@pytest.fixture(scope="module")
def shared_client(shared_asgi: Guard) -> Iterator[TestClient]:
    """A client of the shared server."""
    with TestClient(shared_asgi, base_url=ADDRESS, follow_redirects=False) as opened:
        yield opened
