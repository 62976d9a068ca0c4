"""Who may talk to the server: the page itself, on this machine. Knows no service.

Measured: without this guard a page of any web site runs Gradio's server functions and our own POST
routes, DNS rebinding works, and the page can be framed.
"""

from urllib.parse import urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
# They would fetch from elsewhere, hand out files by path, or keep photos outside of the workspace
# that is open; the page needs none of them.
_NEVER = ("/gradio_api/file", "/gradio_api/proxy", "/gradio_api/upload")
_CONTENT_SECURITY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",  # gr.HTML compiles its template
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "media-src 'self' blob: data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "content-security-policy": _CONTENT_SECURITY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Guard:
    """Refuses, with 403, every request that the page on this machine did not make."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with security headers added to its answer, or refuse it."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        if not _is_ours(scope):
            await PlainTextResponse("forbidden", 403, _HEADERS)(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message["headers"])
                headers += [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                if not any(name.lower() == b"cache-control" for name, _ in headers):
                    kept = _caching(str(scope["path"]), int(message["status"]))
                    headers += [(b"cache-control", kept.encode())] if kept else []
                message["headers"] = headers
            await send(message)

        await self._app(scope, receive, with_headers)


def _caching(path: str, status: int) -> str:
    """Return how long a browser may keep an answer that does not say so itself."""
    if path.startswith("/assets/") and status == 200:
        return "private, max-age=31536000, immutable"  # Gradio names these by their content
    return "no-store" if path.startswith("/dragon/") else ""


def _is_ours(scope: Scope) -> bool:
    headers = {key.decode("latin1"): value.decode("latin1") for key, value in scope["headers"]}
    host = headers.get("host", "")
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    if name not in LOOPBACK_NAMES:
        return False  # a foreign name that resolves to this machine: DNS rebinding
    origin = headers.get("origin")
    if origin is not None and urlsplit(origin)[:2] != ("http", host):
        return False
    if str(scope["path"]).startswith(_NEVER):
        return False
    is_foreign = headers.get("sec-fetch-site") in {"cross-site", "same-site"}
    is_link = (
        scope["path"] == "/"  # a link elsewhere may open the page, and nothing below it
        and scope.get("method") == "GET"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )
    return is_link or not is_foreign
