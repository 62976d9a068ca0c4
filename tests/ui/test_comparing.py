"""The routes of comparisons and of what waits in line, and the endpoints for scripts."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from dragon_app.wiring import Session
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.photos import incoming_photos
from tests.services.conftest import Gate


@pytest.fixture
def gate(vision: FakeVision) -> Gate:
    vision.learn = gate = Gate()
    return gate


@pytest.fixture
def ready(vision: FakeVision, session: Session) -> Session:
    photos = [*incoming_photos(range(4), "dark"), *incoming_photos(range(4, 8), "light")]
    session.app.dataset.add(photos)
    return session


def post(client: TestClient, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/dragon/comparisons{path}", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_comparison_from_the_plan_to_the_winner(ready: Session, client: TestClient) -> None:
    assert client.get("/dragon/comparisons/newest").json() == {"comparison": None}

    def plan() -> dict[str, Any]:
        ready.app.measuring.wait()
        return post(client, "/plan", preset="quick", epochs=3)

    wait_until(lambda: not plan()["is_measuring"])
    planned = plan()
    assert (planned["epochs"], len(planned["variants"])) == (3, 5)
    assert planned["seconds"] == pytest.approx(sum(v["seconds"] for v in planned["variants"]))
    started = post(client, "", preset="quick", epochs=3, values={"seed": 4})
    assert [run["label"] for run in started["runs"]][:2] == ["Head only", "Last stage"]
    wait_until(lambda: not ready.app.runs.is_training())
    over = client.get("/dragon/comparisons/newest").json()["comparison"]
    assert (over["id"], over["is_over"], over["what"]) == (started["id"], True, "strategies")
    first = over["runs"][0]
    assert (first["right"], first["status"], first["epochs"]) == (0.75, "finished", 3)
    assert 0 < first["low"] < 0.75 < first["high"] < 1
    assert first["points"] == [[0.0, 0.75]]
    used = post(client, f"/{started['id']}/use")
    assert used["id"] == over["winner"]
    assert used["title"].endswith(f"(comparison {started['id']})")
    assert (used["preset"], used["values"]["seed"]) != ("quick", 0)
    assert client.get("/dragon/state").json()["model"]["run"] == used["id"]


def test_what_is_wrong_is_said_and_starts_nothing(ready: Session, client: TestClient) -> None:
    def words(**body: Any) -> str:
        answer = client.post("/dragon/comparisons", json=body)
        assert answer.status_code in {400, 422}
        return str(answer.json()["error"])

    assert "Batch size must be" in words(values={"batch_size": 0})
    assert "2 epochs or more" in words(epochs=1)
    assert "no learning rate" in words(preset="quick", what="rates")
    assert "epochs" in words(epochs="many")
    assert ready.app.runs.all() == []
    assert client.post("/dragon/comparisons/7/use").status_code == 404


def test_the_line_shows_what_waits_in_order_until_it_is_cancelled(
    ready: Session, client: TestClient, gate: Gate
) -> None:
    client.post("/dragon/runs", json={"preset": "quick"})
    gate.entered.wait(10)
    client.post("/dragon/runs", json={"preset": "thorough"})
    compared = post(client, "", what="rates", values={"epochs": 2})
    line = client.get("/dragon/line").json()
    assert [each["id"] for each in line] == [2, 3, 4, 5, 6, 7]
    assert [each["title"] for each in line][:2] == ["Thorough", "Rate 0.00011 (comparison 1)"]
    post(client, f"/{compared['id']}/cancel")
    assert [each["id"] for each in client.get("/dragon/line").json()] == [2]
    client.post("/dragon/runs/2/stop", json={})
    state = client.get("/dragon/state").json()
    assert (client.get("/dragon/line").json(), state["waiting"]) == ([], 0)
    assert state["newest_run"] == 1, "a run that never began hides none that did"
    gate.opened.set()


def test_scripts_compare_too(ready: Session, client: TestClient) -> None:
    def run(name: str, *arguments: object) -> Any:
        answer = client.post(f"/gradio_api/run/{name}", json={"data": list(arguments)})
        return answer.json()["data"][0] if answer.status_code == 200 else answer.json()["error"]

    started = run("compare", "rates", "balanced", {"epochs": 2}, None)
    assert (len(started["runs"]), started["warnings"]) == (5, [])
    wait_until(lambda: not ready.app.runs.is_training())
    assert run("comparison", started["id"])["is_over"]
    assert "cannot be compared" in run("compare", "luck", "balanced", None, None)
    (nothing,) = run("compare", "rates", "balanced", {"weights": "none"}, 2)["warnings"]
    assert nothing.startswith("It starts from nothing.")
