"""The whole server without a socket: one for all tests, each of which gets a fresh workspace.

Tests that only look share a workspace, too.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dragon_app.ui.routes import workspaces
from dragon_app.ui.server import build_asgi
from dragon_app.ui.web import Guard
from dragon_app.wiring import Session, open_app

ADDRESS = "http://127.0.0.1:7860"


@pytest.fixture(scope="session")
def only_session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """The session of the one server, whose workspace every test exchanges."""
    session = Session(tmp_path_factory.mktemp("before") / "workspace")
    session.close()
    return session


@pytest.fixture(scope="session")
def only_client(only_session: Session) -> Iterator[TestClient]:
    """A client of the one server."""
    with TestClient(build_asgi(only_session), base_url=ADDRESS) as opened:
        yield opened


@pytest.fixture
def session(
    only_session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    """An empty workspace; which workspaces were open lately is kept beside it."""
    monkeypatch.setattr(workspaces, "RECENT", folder.parent / "recent.json")
    only_session.app = open_app(folder)
    yield only_session
    only_session.close()


@pytest.fixture
def client(session: Session, only_client: TestClient) -> TestClient:
    """A client of the server, which has this test's workspace open."""
    return only_client


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
