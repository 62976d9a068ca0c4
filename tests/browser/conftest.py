"""A real Chromium on a real server: every test gets a fresh workspace and a watched page."""

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

from dragon_app.ui.routes import workspaces
from dragon_app.ui.server import build_asgi
from dragon_app.wiring import Session

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
        self._session = session
        self._socket = _listen(0)
        self.port: int = self._socket.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        """Serve, on the same port as before."""
        import uvicorn

        if self._socket.fileno() == -1:
            self._socket = _listen(self.port)
        asgi = build_asgi(self._session)
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

    def stop(self) -> None:
        """Go away, as a closed app does."""
        self._server.should_exit = True
        self._thread.join(_START_S)
        self._socket.close()


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Open a fresh workspace; which ones were open lately is kept beside it."""
    monkeypatch.setattr(workspaces, "RECENT", tmp_path / "recent.json")
    opened = Session(tmp_path / "workspace")
    yield opened
    opened.close()


@pytest.fixture
def server(session: Session) -> Iterator[Server]:
    """Serve the session's page."""
    running = Server(session)
    yield running
    running.stop()


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


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Open a browser profile of its own, with a fake camera."""
    opened = browser.new_context(
        viewport={"width": 1280, "height": 900},
        permissions=["camera"],
        reduced_motion="reduce",
    )
    opened.set_default_timeout(15_000)
    yield opened
    opened.close()


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
