"""Who may talk to the server: every route is asked as an attacker would ask."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from dragon_app.ui.web import Guard
from dragon_app.wiring import Session
from tests.photos import photo_bytes

ATTACKS: dict[str, dict[str, str]] = {
    "a foreign name that resolves here": {"host": "dragon.evil.test:7860"},
    "a foreign name like ours": {"host": "127.0.0.1.evil.test:7860"},
    "no name": {"host": ""},
    "a foreign page": {"origin": "https://evil.test"},
    "a page on another port": {"origin": "http://127.0.0.1:9999"},
    "a page without an origin": {"origin": "null"},
    "cross-site": {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
    "another site of this machine": {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
    "a frame": {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "iframe",
    },
}
OURS = {"origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-origin"}


def routes(asgi: Guard) -> list[tuple[str, str]]:
    """Return (method, address) of every route of our app and of Gradio's inside it."""
    return sorted(set(_routes(asgi._app.routes, "")))  # type: ignore[attr-defined]


def _routes(found: list[BaseRoute], prefix: str) -> Iterator[tuple[str, str]]:
    for route in found:
        if isinstance(route, Mount):
            yield from _routes(route.routes, prefix + route.path)
        elif isinstance(route, Route):
            path = prefix + _filled(route.path)
            yield from ((method, path) for method in route.methods or {"GET"})
        elif included := getattr(route, "original_router", None):  # FastAPI keeps routers apart
            yield from _routes(included.routes, prefix)


def _filled(path: str) -> str:
    parts = path.replace(":path}", "}").split("{")
    return parts[0] + "".join("1" + part.split("}", 1)[1] for part in parts[1:])


def test_every_kind_of_route_is_among_those_asked(shared_asgi: Guard) -> None:
    known = {path for _, path in routes(shared_asgi)}
    assert {"/dragon/state", "/dragon/uploads", "/gradio_api/upload", "/config", "/"} <= known
    assert len(known) > 40


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_route_answers(attack: str, shared_asgi: Guard, shared_client: TestClient) -> None:
    answered = [
        (method, path, answer.status_code)
        for method, path in routes(shared_asgi)
        if (answer := shared_client.request(method, path, headers=ATTACKS[attack])).status_code
        != 403
    ]
    assert answered == []


def test_link_from_another_site_opens_the_page(shared_client: TestClient) -> None:
    headers = {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
    }
    assert shared_client.get("/", headers=headers).status_code == 200
    for below in ("/dragon/state", "/config", "/gradio_api/info"):
        assert shared_client.get(below, headers=headers).status_code == 403
    assert (
        shared_client.post("/dragon/classes", headers=headers, json={"name": "x"}).status_code
        == 403
    )


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7861", "[::1]:7860", "127.0.0.1"])
def test_own_page_is_answered(host: str, shared_client: TestClient) -> None:
    headers = OURS | {"host": host, "origin": f"http://{host}"}
    assert shared_client.get("/dragon/state", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/config", "/dragon/state", "/dragon/nothing", "/favicon.ico"]
)
def test_every_answer_has_security_headers(path: str, shared_client: TestClient) -> None:
    headers = shared_client.get(path, headers=OURS).headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "connect-src 'self'" in headers["content-security-policy"]


def test_refusals_have_security_headers_too(shared_client: TestClient) -> None:
    headers = shared_client.get("/", headers={"host": "evil.test"}).headers
    assert headers["x-frame-options"] == "DENY"


def test_thumbnails_and_photos_may_be_kept_for_ever(shared_client: TestClient) -> None:
    sent = {"files": ("one.png", photo_bytes(1), "image/png")}
    (image_id,) = shared_client.post("/dragon/uploads", files=sent).json()["image_ids"]
    (image,) = shared_client.get(f"/dragon/board/photos?ids={image_id}").json()
    for address in (f"/dragon/thumbnails/{image_id}", f"/dragon/photos/{image_id}"):
        answer = shared_client.get(f"{address}?v={image['v']}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
        assert answer.headers["content-type"] == "image/webp"
        assert shared_client.get(f"{address}?v=00000000").status_code == 404


def test_answers_about_the_workspace_are_not_kept(shared_client: TestClient) -> None:
    assert shared_client.get("/dragon/state").headers["cache-control"] == "no-store"
    assert shared_client.get("/dragon/thumbnails/9?v=1").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "address",
    [
        "/gradio_api/file={secret}",
        "/gradio_api/file={workspace}/dragon.db",
        "/gradio_api/file=http://127.0.0.1:1/x",
        "/gradio_api/file=https://example.org/x",
        "/gradio_api/proxy=https://example.org/x",
        "/file={secret}",
        "/dragon/thumbnails/..%2F..%2Fdragon.db?v=1",
        "/dragon/photos/dragon.db?v=1",
        "/static/..%2f..%2f..%2fdragon_app/cli.py",
        "/dragon/%2e%2e/dragon.db",
        "/docs",
        "/openapi.json",
        "/monitoring",
    ],
)
def test_nothing_is_answered_by_file_path(
    address: str, shared_client: TestClient, shared_session: Session, tmp_path: Path
) -> None:
    (tmp_path / "secret.txt").write_text("do not tell")
    folder = shared_session.app.workspace.folder
    path = address.format(secret=tmp_path / "secret.txt", workspace=folder)
    answer = shared_client.get(path)
    assert answer.status_code in {400, 403, 404, 405, 422}
    assert "do not tell" not in answer.text


@pytest.mark.parametrize("how", ["file=", "file/", "proxy="])
def test_the_server_fetches_nothing_from_elsewhere(how: str, shared_client: TestClient) -> None:
    answer = shared_client.get(f"/gradio_api/{how}https://example.org/x", headers=OURS)
    assert (answer.status_code, answer.text) == (403, "forbidden")  # by the guard, not by Gradio


def test_no_file_is_kept_outside_of_the_workspace_that_is_open(shared_client: TestClient) -> None:
    sent = {"files": ("one.png", photo_bytes(1), "image/png")}
    answer = shared_client.post("/gradio_api/upload", files=sent, headers=OURS)
    assert (answer.status_code, answer.text) == (403, "forbidden")
