"""A real Chromium on a real server: every test gets a fresh workspace and a watched page.

The server and the browser's profile are the same for all tests: building the page and reading its
scripts anew took longer than most tests. What a test could leave behind is cleared after it.
"""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Request,
    expect,
    sync_playwright,
)

from dragon_app import wiring
from dragon_app.core import presence
from dragon_app.ui.routes import workspaces
from dragon_app.ui.server import build_asgi
from dragon_app.wiring import Session, open_app
from tests.browser.studio import Studio
from tests.browser.train_map import slider
from tests.fakes import FakeVision
from tests.photos import incoming_photos

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_START_S = 30
_HERE = Path(__file__).parent

expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder; a browser test may fail once, and the output says so."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


class Server:
    """The app in a thread of this process, on a free port; can go away and come back."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._socket = _listen(0)
        self.port: int = self._socket.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Serve, on the same port as before."""
        import uvicorn

        if self._socket.fileno() == -1:
            self._socket = _listen(self.port)
        asgi = build_asgi(self.session)
        self._server = uvicorn.Server(
            uvicorn.Config(asgi, log_level="error", timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + _START_S
        while not self._server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)

    def is_up(self) -> bool:
        """Whether it serves."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Go away, as a closed app does."""
        self._server.should_exit = True
        self._thread.join(_START_S)
        self._socket.close()


@pytest.fixture(scope="session")
def only_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve one page for all tests."""
    session = Session(tmp_path_factory.mktemp("before") / "workspace")
    running = Server(session)
    session.close()
    yield running
    running.stop()


@pytest.fixture
def session(
    only_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Session]:
    """Open a fresh workspace; which ones were open lately is kept beside it."""
    monkeypatch.setattr(workspaces, "RECENT", tmp_path / "recent.json")
    monkeypatch.setattr(presence, "LOADING_S", 0.0)  # the fake vision loads nothing
    session = only_server.session
    session.app = open_app(tmp_path / "workspace")
    yield session
    session.close()


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Studio:
    """Replace the networks: epochs pass when the test lets them."""
    made = Studio()
    monkeypatch.setattr(wiring, "vision", lambda: made)
    return made


@pytest.fixture
def server(session: Session, only_server: Server) -> Iterator[Server]:
    """Serve the session's page, for a test that takes it away for a while."""
    assert session is only_server.session, "fill the `session` of conftest.py: it is what is served"
    yield only_server
    if not only_server.is_up():
        only_server.start()


@pytest.fixture
def address(server: Server) -> str:
    """Return where the page is."""
    return server.address


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Start the browser driver once."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Start one Chromium for all tests; where CI is set, a missing one is a failure."""
    executable = next(filter(None, map(shutil.which, _NAMES)), None)
    try:
        started = playwright.chromium.launch(executable_path=executable, args=FLAGS)
    except Error as error:
        reason = f"No Chromium could be started ({error.message.splitlines()[0]})."
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    yield started
    started.close()


@pytest.fixture(scope="session")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """Open one browser profile for all tests, with a fake camera: it has the scripts at hand."""
    opened = browser.new_context(
        viewport={"width": 1280, "height": 900},
        permissions=["camera"],
        reduced_motion="reduce",
    )
    opened.set_default_timeout(15_000)
    yield opened
    opened.close()


@pytest.fixture
def context(profile: BrowserContext, address: str) -> Iterator[BrowserContext]:
    """Lend the profile; afterwards it has no page, and remembers nothing of this one."""
    yield profile
    for page in profile.pages:
        page.close()
    profile.clear_cookies()
    blank = profile.new_page()
    stored = {"origin": address, "storageTypes": "local_storage"}
    profile.new_cdp_session(blank).send("Storage.clearDataForOrigin", stored)
    blank.close()


@pytest.fixture
def ready(vision: FakeVision, session: Session) -> Session:
    """Fill the workspace with enough photos to train."""
    session.app.dataset.add(
        [*incoming_photos(range(4), "dark"), *incoming_photos(range(4, 8), "light")]
    )
    return session


@pytest.fixture
def map_page(ready: Session, open_page: Callable[..., Page]) -> Page:
    """Open the Train tab and wait until the network is drawn."""
    page = open_page("/#train")
    slider(page).wait_for()
    return page


class Faults(list[str]):
    """What went wrong in watched pages. `expected` names parts of messages that a test provokes."""

    expected: tuple[str, ...] = ()

    def unexpected(self) -> list[str]:
        """Return what no test asked for."""
        return [each for each in self if not any(part in each for part in self.expected)]


@pytest.fixture
def faults() -> Iterator[Faults]:
    """Fail the test on console errors, page errors and requests that left the machine."""
    found = Faults()
    yield found
    assert found.unexpected() == []


@pytest.fixture
def open_page(context: BrowserContext, address: str, faults: Faults) -> Callable[..., Page]:
    """Return what opens another watched page and waits until its tabs are there."""

    def opened(path: str = "/") -> Page:
        page = context.new_page()
        watch(page, faults)
        page.goto(address + path)
        page.get_by_role("tab").first.wait_for()
        return page

    return opened


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """Open the app."""
    return open_page()


def watch(page: Page, faults: Faults) -> None:
    """Write down everything that a page must not do."""

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(f"console: {message.text}")

    def failed(error: Error) -> None:
        faults.append(f"page error: {error}")

    def asked(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != "127.0.0.1":
            faults.append(f"left the machine: {request.url}")

    page.on("console", said)
    page.on("pageerror", failed)
    page.on("request", asked)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(proto=socket.IPPROTO_TCP)  # as the app's own: see ui/server.py
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener
