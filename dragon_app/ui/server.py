"""Serving the page on this machine: a port, the guard, a clean end."""

import contextlib
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from dragon_app.core.errors import SetupError
from dragon_app.ui.web import Guard
from dragon_app.wiring import Session

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_PORTS_TRIED = 50


def serve(folder: Path, *, host: str, port: int, opens_browser: bool) -> None:
    """Open a workspace and serve its page until the process is told to end."""
    if host not in _LOOPBACK:
        raise SetupError(
            f"--host {host} would let others on the network see your photos, and there is no "
            "password yet. Use 127.0.0.1."
        )
    session = Session(folder)
    try:
        listener = _listen(host, port)
    except BaseException:
        session.close()
        raise
    address = f"http://{'[::1]' if host == '::1' else host}:{listener.getsockname()[1]}"

    def when_up() -> None:
        sys.stdout.write(f"Dragon is at {address}\nYour photos lie in {folder}\n")
        sys.stdout.flush()
        if opens_browser and not os.environ.get("DRAGON_NO_BROWSER"):
            threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()

    run_server(session, listener, when_up)


def run_server(session: Session, listener: socket.socket, when_up: Callable[[], None]) -> None:
    """Serve on a listening socket; closes the session when the server goes down."""
    import uvicorn

    server = uvicorn.Server(
        uvicorn.Config(
            build_asgi(session, when_up=when_up, when_down=session.close),
            log_level="warning",
            timeout_graceful_shutdown=3,
        )
    )
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C is how a person ends it
        server.run(sockets=[listener])


def build_asgi(
    session: Session,
    *,
    when_up: Callable[[], None] = lambda: None,
    when_down: Callable[[], None] = lambda: None,
) -> Guard:
    """Return the whole server as one ASGI application, behind the guard."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    import fastapi
    import gradio as gr

    from dragon_app.ui import page, theme
    from dragon_app.ui.routes import routers
    from dragon_app.ui.routes.answers import same_workspace, speak_in_words

    @contextlib.asynccontextmanager
    async def lifespan(_: fastapi.FastAPI) -> AsyncIterator[None]:
        when_up()
        session.begin()  # after the page is up, because a waiting run loads torch
        yield
        when_down()  # here, because nothing after `run` is reached on SIGTERM

    app = fastapi.FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    speak_in_words(app)
    for router in routers(session):
        app.include_router(router, dependencies=[fastapi.Depends(same_workspace(session))])
    app = gr.mount_gradio_app(
        app,
        page.build(session),
        path="/",
        theme=theme.THEME,
        head=theme.head(),
        show_error=False,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        max_file_size="50mb",
        pwa=True,
        favicon_path=theme.icon_file(),
        app_kwargs={"openapi_url": None, "docs_url": None, "redoc_url": None},
    )
    return Guard(app)


def _listen(host: str, port: int) -> socket.socket:
    """Bind the first free port from `port` on."""
    family = socket.AF_INET6 if host == "::1" else socket.AF_INET
    for candidate in range(port, min(port + _PORTS_TRIED, 65536)):
        # asyncio sends small answers at once only where the socket says that it is TCP: without it
        # every answer waited 40 ms for the browser's acknowledgement of its head.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if sys.platform != "win32":  # there it would let two servers share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen()  # a bound port can still be bound by another; a listening one not
        except PermissionError as error:
            listener.close()
            raise SetupError(f"Port {candidate} may not be used. Choose one above 1023.") from error
        except OSError:
            listener.close()
            continue
        return listener
    raise SetupError(f"No free port from {port} on. Name another with --port.")
