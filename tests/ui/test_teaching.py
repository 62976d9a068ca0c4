"""Right or wrong, over HTTP."""

from starlette.testclient import TestClient

from dragon_app.wiring import Session
from tests.photos import incoming_photos, photo_bytes


def test_a_photo_that_was_tried_is_taken_in_with_its_class(
    client: TestClient, session: Session
) -> None:
    session.app.dataset.add(incoming_photos([1], "rose"))
    file = {"file": ("tried.png", photo_bytes(5))}
    answer = client.post("/dragon/lessons", files=file, data={"class_id": 1, "batch": "b" * 32})
    assert answer.json() == {"image_id": 2, "was_there": False, "changed": 1}
    assert client.get("/dragon/lessons").json() == {"photos": 0, "run": None}
    short = client.post("/dragon/lessons", files=file, data={"class_id": 1, "batch": "b"})
    assert short.status_code == 422
