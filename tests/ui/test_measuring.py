"""The routes that the freezing map and the rate finder are drawn from."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from dragon_app.wiring import Session
from tests.conftest import wait_until
from tests.fakes import NETWORK, FakeVision
from tests.photos import incoming_photos


@pytest.fixture(autouse=True)
def small_vision(vision: FakeVision) -> FakeVision:
    """The networks behind the page."""
    return vision


def ask(client: TestClient, address: str, **wish: Any) -> dict[str, Any]:
    answer = client.post(address, json=wish)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_the_map_is_measured_and_then_known(client: TestClient, session: Session) -> None:
    wish = {"preset": "thorough", "values": {"epochs": 10, "unfreeze_after": 0}}
    first = ask(client, "/dragon/costs", **wish)
    assert (first["status"], first["costs"]) == ("measuring", None)
    session.app.measuring.wait()
    answer = ask(client, "/dragon/costs", **wish)
    assert answer["status"] == "ready"
    stages, positions = answer["costs"]["stages"], answer["costs"]["positions"]
    assert [stage["name"] for stage in stages] == [stage.name for stage in NETWORK.stages]
    assert stages[-1]["lr"] == pytest.approx(1e-3 * 0.6)
    assert stages[0]["lr"] == pytest.approx(1e-3 * 0.6**5)
    assert [each["frozen"] for each in positions] == [0, 1, 2, 3, 4, 5]
    assert positions[0]["total_s"] == pytest.approx(2 + 10 * positions[0]["epoch_s"])
    assert positions[5]["trainable_parameters"] == 3


def test_wrong_settings_are_said(client: TestClient) -> None:
    answer = ask(client, "/dragon/costs", preset="quick", values={"epochs": "many"})
    assert answer["status"] == "failed"
    assert "whole number" in answer["words"]
    answer = ask(client, "/dragon/rate", preset="quick", values={"epochs": "many"})
    assert answer["status"] == "failed"


def test_a_rate_is_looked_for(client: TestClient, session: Session) -> None:
    assert client.get("/dragon/rate").json()["status"] == "none"
    photos = [*incoming_photos(range(4), "dark"), *incoming_photos(range(4, 8), "light")]
    session.app.dataset.add(photos)
    ask(client, "/dragon/rate", preset="quick")
    wait_until(lambda: client.get("/dragon/rate").json()["status"] == "ready")
    answer = client.get("/dragon/rate").json()
    assert answer["suggestion"] == 1e-3
    assert answer["points"] == [[1e-5, 1.6], [1e-3, 1.2], [1e-1, 4.0]]
    assert ask(client, "/dragon/rate/stop")["status"] == "ready"


def test_without_photos_there_is_nothing_to_look_at(client: TestClient) -> None:
    answer = client.post("/dragon/rate", json={"preset": "quick"})
    assert answer.status_code == 400
    assert "nothing to learn from yet" in answer.json()["error"]


def test_a_page_of_another_workspace_starts_nothing(client: TestClient) -> None:
    stale = {"x-dragon-workspace": "another"}
    for address in ("/dragon/rate", "/dragon/rate/stop"):
        assert client.post(address, json={"preset": "quick"}, headers=stale).status_code == 409


def test_measured_costs_tell_the_time_of_presets_and_the_speed_of_networks(
    client: TestClient, session: Session
) -> None:
    def quick() -> dict[str, Any]:
        presets = client.get("/dragon/training").json()["presets"]
        return next(each for each in presets if each["id"] == "quick")

    assert not quick()["is_measured"]
    (before,) = client.get("/dragon/backbones").json()["backbones"]
    ask(client, "/dragon/costs", preset="thorough", values={"image_size_px": 128})
    session.app.measuring.wait()
    (network,) = client.get("/dragon/backbones").json()["backbones"]
    assert (before["starter"]["photos_per_s"], network["starter"]["photos_per_s"]) == (None, 50.0)
    assert network["photos_per_s"] is None, (
        "it was measured at 128 px, and the network's own is 224"
    )
    assert not quick()["is_measured"]
    ask(client, "/dragon/costs", preset="thorough")
    session.app.measuring.wait()
    assert quick()["is_measured"]
    assert quick()["seconds"] == pytest.approx(2.5)
    answer = ask(client, "/dragon/settings", preset="quick", values={"batch_size": 32})
    assert answer["seconds"] == pytest.approx(2.5)


def test_the_starter_is_shown_with_its_terms_and_scores(client: TestClient) -> None:
    starter = client.get(f"/dragon/backbones/{NETWORK.name}").json()["starter"]
    assert starter["terms"] == "for teaching"
    assert "66 % of flowers right" in starter["words"]
