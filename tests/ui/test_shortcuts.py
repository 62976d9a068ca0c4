"""What gives classes away, by the page's routes and by the endpoint for scripts."""

from starlette.testclient import TestClient

from dragon_app.wiring import Session
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.photos import framed_bytes, incoming, incoming_photos
from tests.ui.test_api import run, words


def test_page_and_scripts_are_told_of_a_shortcut(
    vision: FakeVision, client: TestClient, session: Session
) -> None:
    assert client.get("/dragon/shortcuts").json()["is_enough"] is False
    session.app.dataset.add(incoming_photos(range(10), "Rose"))
    session.app.dataset.add(
        [incoming(framed_bytes(s), f"{s}.png", class_name="Tulip") for s in range(20, 30)]
    )
    started = client.post("/dragon/runs", json={"preset": "quick"}).json()["run"]["id"]
    path = f"/dragon/runs/{started}/shortcuts"
    wait_until(lambda: not client.get(path).json()["is_looking"])
    told = client.get(path).json()
    first = told["shortcuts"][0]
    assert (first["cue"], first["found"]) == ("border", 1.0)
    assert len(first["photos"]) == len(first["others"]) == 4
    assert run(client, "shortcuts", started) | {"is_looking": False} == told
    assert run(client, "shortcuts", None) == client.get("/dragon/shortcuts").json()
    assert "no run 99" in words(client, "shortcuts", 99)
    assert "no run 99" in client.get("/dragon/runs/99/shortcuts").json()["error"]
