"""The routes that show photos as training sees them, and what is said about unequal classes."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from dragon_app.wiring import Session
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.photos import incoming_photos


@pytest.fixture(autouse=True)
def small_vision(vision: FakeVision) -> FakeVision:
    """The networks behind the page."""
    return vision


def views(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    answer = client.post("/dragon/views", json=asked)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["photos"])


def test_photos_travel_as_pictures(client: TestClient, session: Session) -> None:
    session.app.dataset.add(incoming_photos(range(6), "dark"))
    shown = views(client)
    assert len(shown) == 4
    assert shown[0]["plain"].startswith("data:image/webp;base64,")
    assert [len(each["varied"]) for each in shown] == [4] * 4
    assert [each["id"] for each in views(client, turn=1)] != [each["id"] for each in shown]
    assert views(client, values={"augment": "off"})[0]["varied"] == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "There is no photo to show yet"),
        ({"values": {"image_size_px": 5000}}, "Image size must be 32 to 1024"),
    ],
)
def test_what_cannot_be_shown_is_answered_in_words(
    client: TestClient, asked: dict[str, Any], words: str
) -> None:
    answer = client.post("/dragon/views", json=asked).json()
    assert answer["photos"] == []
    assert words in answer["words"]


def test_unequal_classes_are_said_before_a_run_and_in_its_details(
    client: TestClient, session: Session
) -> None:
    session.app.dataset.add(incoming_photos(range(20), "knight"))
    session.app.dataset.add(incoming_photos(range(20, 23), "dragon"))
    said = client.get("/dragon/training").json()["balance"]
    ends = "Your classes are unequal (16 knight, 2 dragon)"
    assert said["auto"] == said["loss"] == f"{ends}: rare classes will count more."
    assert said["off"] != said["auto"]
    wish = {"preset": "quick", "values": {"mirror": False, "head_lr": 0.5}}
    run = client.post("/dragon/runs", json=wish).json()["run"]
    assert run["title"] == "Quick look"  # neither means anything without steps and variation
    wait_until(lambda: session.app.runs.get(run["id"]).status.is_final)
    full = client.get(f"/dragon/runs/{run['id']}").json()
    told = {each["label"]: each["value"] for each in full["settings"]}
    assert told["Rare classes"] == "Mistakes on rare classes counted more (16 knight, 2 dragon)"
    assert "Learning rate" not in told
    assert full["balanced_accuracy"] == 0.75
    assert not full["is_unequal"]


def test_yes_and_no_are_told_in_words(client: TestClient, session: Session) -> None:
    session.app.dataset.add([*incoming_photos(range(4), "a"), *incoming_photos(range(4, 8), "b")])
    wish = {"preset": "balanced", "values": {"mirror": False}}
    run = client.post("/dragon/runs", json=wish).json()["run"]
    assert (run["title"], run["values"]) == ("Balanced, changed", {"mirror": False})
    full = client.get(f"/dragon/runs/{run['id']}").json()
    told = {each["label"]: each["value"] for each in full["settings"]}
    assert told["Does left and right matter?"] == "Yes: never mirror them"
    assert told["Good enough"] == "not set"
