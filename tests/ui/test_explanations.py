"""Where a class was read, over HTTP."""

import pytest
from starlette.testclient import TestClient

from dragon_app.core.config import FinetuneConfig
from dragon_app.wiring import Session
from tests.fakes import FakeVision
from tests.photos import incoming_photos, plain_bytes


@pytest.fixture
def trained(vision: FakeVision, session: Session) -> Session:
    """The workspace with run 1."""
    app = session.app
    app.dataset.add([*incoming_photos(range(4), "dark"), *incoming_photos(range(4, 8), "light")])
    app.runs.wait(app.runs.start(FinetuneConfig()).id, poll_s=0.005)
    return session


@pytest.mark.usefixtures("trained")
def test_a_file_or_a_photo_is_explained(client: TestClient) -> None:
    file = {"file": ("new.png", plain_bytes(250))}
    answer = client.post("/dragon/explanations", files=file).json()
    assert (answer["class"], answer["run"], answer["method"]) == ("light", 1, "grad-cam")
    assert answer["map"] == [[1, 1, 0, 0]] * 4
    assert answer["veil"].startswith("data:image/png;base64,")
    wanted = {"image_id": 1, "run": 1, "class_name": "dark"}
    by_id = client.post("/dragon/explanations", data=wanted).json()
    assert (by_id["name"], by_id["class"]) == ("0.png", "dark")


@pytest.mark.usefixtures("trained")
def test_neither_or_both_are_refused_and_what_is_not_there_is_not_found(client: TestClient) -> None:
    file = {"file": ("new.png", plain_bytes(250))}
    assert client.post("/dragon/explanations").status_code == 400
    assert client.post("/dragon/explanations", files=file, data={"image_id": 1}).status_code == 400
    assert client.post("/dragon/explanations", data={"image_id": 99}).status_code == 404
    answer = client.post("/dragon/explanations", files=file, data={"class_name": "rose"})
    assert answer.status_code == 404
    assert "It knows dark, light" in answer.json()["error"]
