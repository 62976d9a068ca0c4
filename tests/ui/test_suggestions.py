"""Suggestions over HTTP: packed drafts, accepting what was seen, the choices."""

import struct

import pytest
from starlette.testclient import TestClient

from dragon_app.wiring import Session
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.photos import incoming, photo_bytes


def add(session: Session, seed: int, brighter: int, name: str | None) -> None:
    photo = incoming(photo_bytes(seed, brighter=brighter), f"{seed}.png", class_name=name)
    session.app.dataset.add([photo])


@pytest.fixture
def helped(vision: FakeVision, client: TestClient, session: Session) -> TestClient:
    """A client of a workspace where one photo waits and looks like the dark ones."""
    session.app.suggesting.open()
    for seed in range(3):
        add(session, seed, 0, "dark")
        add(session, 10 + seed, 30, "light")
    add(session, 20, 0, None)
    wait_until(lambda: client.get("/dragon/suggestions").content)
    return client


def test_what_is_suggested_is_told_accepted_and_written_down(helped: TestClient) -> None:
    image_id, class_id, sure = struct.unpack(">3I", helped.get("/dragon/suggestions").content)
    assert (image_id, class_id) == (7, 1)
    assert 500 < sure <= 1000
    told = helped.get("/dragon/state").json()["help"]
    assert (told["is_on"], told["by"], told["who"]) == (True, "labels", "starter head, 6 labels")
    asked = {"batch": "gesture-1", "image_ids": [7], "class_ids": [1]}
    assert helped.post("/dragon/suggestions/accept", json=asked).json()["changed"] == 1
    line = helped.get("/dragon/photos/7/journal").json()[-1]
    assert line["suggested_by"] == "starter head, 6 labels"


def test_a_request_that_does_not_fit_is_refused_in_words(helped: TestClient) -> None:
    asked = {"batch": "gesture-1", "image_ids": [7], "class_ids": []}
    refused = helped.post("/dragon/suggestions/accept", json=asked)
    assert "Every photo needs the class" in refused.json()["error"]
    refused = helped.post("/dragon/suggestions", json={"by": "the stars"})
    assert "'the stars' is no run" in refused.json()["error"]
    assert helped.post("/dragon/suggestions", json={"by": "7"}).status_code == 404


def test_orders_by_how_photos_look(helped: TestClient) -> None:
    assert struct.unpack(">I", helped.get("/dragon/board/useful").content) == (7,)
    like = struct.unpack(">7I", helped.get("/dragon/board/like?image_id=7").content)
    assert like[0] == 7
    told = helped.post("/dragon/suggestions", json={"is_on": False, "is_paused": True}).json()
    assert (told["is_on"], told["looking"]["is_paused"]) == (False, True)
    assert helped.get("/dragon/suggestions").content == b""
