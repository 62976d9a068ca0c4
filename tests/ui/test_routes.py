"""The page's own routes, asked as the page asks them."""

import json
import struct
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from dragon_app.core.types import Split
from dragon_app.imaging import sample
from dragon_app.ui.routes import workspaces
from dragon_app.wiring import Session
from tests.conftest import wait_until
from tests.photos import incoming, photo_bytes


def upload(client: TestClient, *seeds: int, **fields: Any) -> dict[str, Any]:
    files = [("files", (f"{seed}.png", photo_bytes(seed), "image/png")) for seed in seeds]
    answer = client.post("/dragon/uploads", files=files, data=fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def gesture(client: TestClient, kind: str, ids: list[int], **more: Any) -> dict[str, Any]:
    asked = {"gesture": kind, "batch": uuid.uuid4().hex, "image_ids": ids} | more
    answer = client.post("/dragon/labels", json=asked)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def undo(client: TestClient) -> dict[str, Any]:
    return dict(client.post("/dragon/undo", json={"batch": uuid.uuid4().hex}).json())


def test_refused_file_is_named_and_the_rest_goes_on(client: TestClient) -> None:
    files = [
        ("files", ("../../evil/good.png", photo_bytes(1), "image/png")),
        ("files", ("letter.jpg", b"Dear Sir", "image/jpeg")),
    ]
    answer = client.post("/dragon/uploads", files=files).json()
    assert answer["added"] == 1
    assert [each["name"] for each in answer["refused"]] == ["letter.jpg"]
    assert "not a picture" in answer["refused"][0]["reason"]
    (image,) = client.get("/dragon/board/photos?ids=1&ids=2").json()
    assert image["name"] == "good.png"


def test_drop_on_a_class_labels_the_photos(client: TestClient) -> None:
    made = client.post("/dragon/classes", json={"name": "Rose"}).json()
    upload(client, 1, 2, class_id=str(made["id"]))
    (rose,) = client.get("/dragon/state").json()["summary"]["classes"]
    assert (rose["name"], rose["total"]) == ("Rose", 2)


def test_folders_name_classes_and_parts(client: TestClient, session: Session) -> None:
    paths = [["train", "Rose"], ["val", "Rose"], ["val", "Tulip", "wild"]]
    upload(client, 1, 2, 3, paths=json.dumps(paths), folders=json.dumps(["train", "val"]))
    images = client.get("/dragon/board/photos?ids=1&ids=2&ids=3").json()
    parts = {image["name"]: session.app.dataset.image(image["id"]).split for image in images}
    assert parts == {"1.png": Split.TRAIN, "2.png": Split.VAL, "3.png": Split.VAL}
    names = [each["name"] for each in client.get("/dragon/state").json()["summary"]["classes"]]
    assert names == ["Rose", "Tulip"]


@pytest.mark.parametrize(
    "fields",
    [{"paths": "no json"}, {"paths": '[["a"], ["b"]]'}, {"paths": "{}"}, {"class_id": "77"}],
)
def test_wrong_fields_are_answered_in_words(fields: dict[str, str], client: TestClient) -> None:
    files = [("files", ("1.png", photo_bytes(1), "image/png"))]
    answer = client.post("/dragon/uploads", files=files, data=fields)
    assert answer.status_code in {400, 404}
    assert answer.json()["error"]


def test_repeated_gesture_changes_nothing(client: TestClient) -> None:
    ids = upload(client, 1)["image_ids"]
    asked = {"gesture": "bin", "batch": "12345678", "image_ids": ids}
    assert client.post("/dragon/labels", json=asked).json()["changed"] == 1
    again = client.post("/dragon/labels", json=asked).json()
    assert again["changed"] == 1  # the answer of the first time, which may have been lost
    assert client.get("/dragon/state").json()["summary"]["binned"] == 1


def test_undo_takes_back_one_gesture(client: TestClient) -> None:
    ids = upload(client, 1, 2)["image_ids"]
    made = client.post("/dragon/classes", json={"name": "Rose"}).json()
    gesture(client, "class", ids, class_id=made["id"])
    gesture(client, "bin", ids)
    assert client.get("/dragon/state").json()["summary"]["binned"] == 2
    undo(client)
    assert client.get("/dragon/state").json()["summary"]["classes"][0]["total"] == 2
    undo(client)
    assert client.get("/dragon/state").json()["summary"]["unlabelled"] == 2
    assert undo(client)["words"] == "There is nothing to undo."


def test_revision_follows_every_change(client: TestClient) -> None:
    seen = [client.get("/dragon/state").json()["revision"]]

    def changed() -> bool:
        seen.append(client.get("/dragon/state").json()["revision"])
        return bool(seen[-1] != seen[-2])

    assert not changed()
    ids = upload(client, 1)["image_ids"]
    assert changed()
    made = client.post("/dragon/classes", json={"name": "Rose"}).json()
    assert changed()
    client.post(f"/dragon/classes/{made['id']}", json={"name": "Red rose", "colour": "#112233"})
    assert changed()
    gesture(client, "class", ids, class_id=made["id"])
    assert changed()
    undo(client)
    assert changed()


def test_board_is_numbers_and_then_only_what_changed(client: TestClient) -> None:
    ids = upload(client, 1, 2)["image_ids"]
    whole = client.get("/dragon/board")
    assert whole.headers["content-type"] == "application/octet-stream"
    batch, total = struct.unpack_from(">II", whole.content)
    assert (total, len(whole.content)) == (2, 8 + 2 * 24)
    gesture(client, "bin", ids[:1])
    since = client.get("/dragon/board", params={"newest": ids[-1], "batch": batch}).content
    assert struct.unpack_from(">I", since, 8) == (ids[0],)
    assert len(since) == 8 + 24


def test_board_searches_orders_and_describes(client: TestClient) -> None:
    first, second = upload(client, 10, 9)["image_ids"]
    found = client.get("/dragon/board/matching", params={"text": "9.P"}).content
    assert struct.unpack(">I", found) == (second,)
    ordered = client.get("/dragon/board/by-name").content
    assert struct.unpack(">2I", ordered) == (second, first)
    described = client.get("/dragon/board/photos", params={"ids": [first, 77]}).json()
    assert [each["name"] for each in described] == ["10.png"]


def test_incomplete_request_is_answered_in_words(client: TestClient) -> None:
    answer = client.post("/dragon/classes", json={"title": "Rose"})
    assert answer.status_code == 422
    assert "name" in answer.json()["error"]


def test_request_that_is_no_form_is_answered_in_words(client: TestClient) -> None:
    broken = {"content-type": "multipart/form-data"}
    answer = client.post("/dragon/uploads", content=b"x", headers=broken)
    assert answer.status_code == 400
    assert "not understood" in answer.json()["error"]
    assert "error" not in client.get("/gradio_api/nothing").text  # Gradio answers for itself


def test_sample_fills_every_class_evenly(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sets = {each["key"]: each for each in client.get("/dragon/samples").json()}
    assert sets["knights"]["classes"] == 6
    few = replace(sample.SAMPLES["dragons"], per_class=2)
    monkeypatch.setitem(sample.SAMPLES, "dragons", few)
    begun = client.post("/dragon/samples", json={"sample": "dragons"}).json()
    path = f"/dragon/samples/drawings/{begun['id']}"
    wait_until(lambda: client.get(path).json()["is_over"])
    assert client.get(path).json()["added"] == 4
    state = client.get("/dragon/state").json()
    assert state["drawing"] is None
    assert [each["total"] for each in state["summary"]["classes"]] == [2, 2]
    assert client.post(f"{path}/stop").json() == {}  # too late, and no harm
    assert client.get("/dragon/samples/drawings/99").status_code == 404
    assert client.post("/dragon/samples", json={"sample": "unicorns"}).status_code == 404


def test_workspace_can_be_made_opened_and_found_again(client: TestClient, folder: Path) -> None:
    other = folder.parent / "birds"
    made = client.post("/dragon/workspaces", json={"folder": str(other), "is_new": True})
    assert made.status_code == 200, made.text
    upload(client, 1)
    about = client.get("/dragon/workspaces").json()
    assert about["folder"] == str(other)
    assert about["size_bytes"] > 1000
    assert str(folder) in [each["folder"] for each in about["recent"]]
    assert client.post("/dragon/workspaces", json={"folder": str(folder)}).status_code == 200
    assert client.get("/dragon/state").json()["summary"]["total"] == 0


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"folder": ""}, "Name a folder"),
        ({"folder": "{beside}/nowhere"}, "There is no workspace"),
        ({"folder": "{beside}/workspace", "is_new": True}, "already"),
        ({"folder": "{beside}/full", "is_new": True}, "other files"),
        ({"folder": "{beside}/full/a file", "is_new": True}, "other files"),
        ({"folder": "/proc/nothing/here", "is_new": True}, "Cannot write"),
    ],
)
def test_workspace_that_cannot_be_opened_is_said_in_words(
    asked: dict[str, Any], words: str, client: TestClient, folder: Path
) -> None:
    (folder.parent / "full").mkdir()
    (folder.parent / "full" / "a file").write_text("x")
    asked = asked | {"folder": asked["folder"].format(beside=folder.parent)}
    answer = client.post("/dragon/workspaces", json=asked)
    assert answer.status_code == 400
    assert words in answer.json()["error"]
    assert client.get("/dragon/state").json()["workspace"]["folder"] == str(folder)


def test_workspace_in_use_elsewhere_is_said_in_words(client: TestClient, folder: Path) -> None:
    other = Session(folder.parent / "busy")
    try:
        answer = client.post("/dragon/workspaces", json={"folder": str(folder.parent / "busy")})
        assert answer.status_code == 400
        assert "open in another Dragon" in answer.json()["error"]
    finally:
        other.close()


def test_page_of_another_workspace_changes_nothing(client: TestClient) -> None:
    stale = {"x-dragon-workspace": "another"}
    answer = client.post("/dragon/classes", json={"name": "Rose"}, headers=stale)
    assert answer.status_code == 409
    assert client.get("/dragon/state").json()["summary"]["classes"] == []


def test_list_of_recent_workspaces_may_be_damaged_or_unwritable(
    client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspaces.RECENT.write_text("{ not json")
    assert client.get("/dragon/workspaces").status_code == 200
    monkeypatch.setattr(workspaces, "RECENT", Path("/proc/nothing/recent.json"))
    made = {"folder": str(folder.parent / "more"), "is_new": True}
    assert client.post("/dragon/workspaces", json=made).status_code == 200


def test_look_alikes_are_told_group_by_group(client: TestClient, session: Session) -> None:
    upload(client, 1, 2)
    session.app.dataset.add([incoming(photo_bytes(1, brighter=9, size=(96, 80)))])
    told = client.get("/dragon/board/alike").content
    assert struct.unpack(">3I", told) == (2, 3, 1)
