"""The routes of classes, and of going back and forward."""

import uuid
from typing import Any

import pytest
from starlette.testclient import TestClient

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.types import EventKind
from dragon_app.storage.labels import IMPORTER
from dragon_app.wiring import Session
from tests.fakes import FakeVision
from tests.photos import incoming_photos


def post(client: TestClient, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/dragon/{path}", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def step(client: TestClient, name: str) -> dict[str, Any]:
    return post(client, name, batch=uuid.uuid4().hex)


def shown(client: TestClient) -> list[dict[str, Any]]:
    return list(client.get("/dragon/state").json()["summary"]["classes"])


@pytest.fixture
def ids(session: Session) -> list[int]:
    """Two photos of Rose, class 1, and one of Tulip, class 2."""
    add = session.app.dataset.add
    ids = add(incoming_photos(range(2)), class_name="Rose").image_ids
    return [*ids, *add(incoming_photos([2]), class_name="Tulip").image_ids]


def test_undo_and_redo_say_what_they_did(client: TestClient, ids: list[int]) -> None:
    assert step(client, "undo")["words"] == "There is nothing to undo."
    post(client, "labels", gesture="skip", batch="a skip 1", image_ids=ids)
    undone = step(client, "undo")
    assert (undone["ok"], undone["words"]) == (True, "Skip undone on 3 photos.")
    assert set(undone["images"]) == set(ids)
    assert step(client, "redo")["words"] == "Skip redone on 3 photos."
    nothing = step(client, "redo")
    assert (nothing["ok"], nothing["words"]) == (False, "There is nothing to redo.")


@pytest.mark.parametrize(
    ("gestures", "what"),
    [
        (["class"], "Taking away the class"),
        (["skip"], "Skip"),
        (["skip", "unskip"], "Asking again"),
        (["bin"], "Move to the bin"),
        (["bin", "restore"], "Putting back"),
    ],
)
def test_both_directions_name_the_gesture_that_they_go_over(
    client: TestClient, ids: list[int], gestures: list[str], what: str
) -> None:
    for gesture in gestures:
        post(client, "labels", gesture=gesture, batch=uuid.uuid4().hex, image_ids=ids)
    for way, verb in (("undo", "undone"), ("redo", "redone"), ("undo", "undone")):
        assert step(client, way)["words"] == f"{what} {verb} on 3 photos."


def test_a_gesture_whose_photos_are_all_left_is_named_too(
    client: TestClient, session: Session, ids: list[int]
) -> None:
    for gesture in ("bin", "restore"):
        post(client, "labels", gesture=gesture, batch=uuid.uuid4().hex, image_ids=ids[:1])
    session.app.workspace.labels.apply(
        EventKind.BINNED, {ids[0]: "1"}, batch="from elsewhere", who=IMPORTER
    )
    assert step(client, "undo")["words"].startswith("Putting back undone on 0 photos. Left as")


def test_undo_names_the_photos_changed_since(
    client: TestClient, session: Session, ids: list[int]
) -> None:
    post(client, "labels", gesture="class", batch="a label 1", image_ids=ids[:2], class_id=2)
    session.app.workspace.labels.apply(
        EventKind.CLASS, {ids[1]: None}, batch="from elsewhere", who=IMPORTER
    )
    first = post(client, "undo", batch="an undo 1")
    assert first["left"] == ["1.png"]
    assert "changed since or are gone: 1.png" in first["words"]
    assert post(client, "undo", batch="an undo 1") == first


def test_merge_and_deletion_are_done_once_and_undone(client: TestClient, ids: list[int]) -> None:
    for _ in range(2):
        done = post(client, "classes/1/merge", into=2, batch="a merge 1")
        assert done["words"] == "Merging of Rose done on 2 photos."
    assert [each["total"] for each in shown(client)] == [3]
    assert step(client, "undo")["words"] == "Merging of Rose undone on 2 photos."
    assert post(client, "classes/2/delete", batch="deletion 1")["changed"] == 1
    assert step(client, "undo")["words"] == "Deletion of Tulip undone on 1 photo."
    assert [each["total"] for each in shown(client)] == [2, 1]


def test_renaming_is_undone_in_words(client: TestClient, ids: list[int]) -> None:
    post(client, "classes/1", name="Red rose", batch="a name 1")
    assert step(client, "undo")["words"] == "New name of Rose undone."


def test_classes_show_their_keys_and_order(client: TestClient, ids: list[int]) -> None:
    post(client, "classes/1", hotkey="R")
    post(client, "classes/order", ids=[2, 1])
    assert [(each["name"], each["key"]) for each in shown(client)] == [
        ("Tulip", "1"),
        ("Rose", "r"),
    ]
    post(client, "classes/1", hotkey="", is_disabled=True)
    assert [(each["key"], each["is_disabled"]) for each in shown(client)] == [
        ("1", False),
        (None, True),
    ]
    post(client, "classes/1", is_disabled=False)
    assert [each["key"] for each in shown(client)] == ["1", "2"]


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("1", {"name": "tulip"}, "There is a class 'tulip' already"),
        ("1", {"name": "x" * 10_000}, "at most 80 characters"),
        ("1", {"name": "\u200f\u200d"}, "can be seen"),
        ("1", {"hotkey": "x"}, "for the bin"),
        ("1", {"hotkey": "ab"}, "one letter or one digit"),
        ("1", {"colour": "${red}"}, "is not a colour"),
        ("1/merge", {"into": 1}, "into itself"),
        ("1/merge", {"into": 99}, "no class 99"),
        ("99/delete", {}, "no class 99. It may have been deleted"),
        ("99", {"is_disabled": True}, "no class 99"),
    ],
)
def test_what_cannot_be_done_to_a_class_is_said_in_words(
    path: str, body: dict[str, Any], words: str, client: TestClient, ids: list[int]
) -> None:
    answer = client.post(f"/dragon/classes/{path}", json=body)
    assert answer.status_code in {400, 404}
    assert words in answer.json()["error"]
    assert [each["total"] for each in shown(client)] == [2, 1]


def test_story_of_a_photo_is_told(client: TestClient, ids: list[int]) -> None:
    post(client, "labels", gesture="class", batch="a label 1", image_ids=ids[:1], class_id=2)
    lines = client.get(f"/dragon/photos/{ids[0]}/journal").json()
    assert [(each["who"], each["before"], each["after"]) for each in lines] == [
        ("import", None, "Rose"),
        ("person", "Rose", "Tulip"),
    ]
    assert client.get("/dragon/photos/99/journal").status_code == 404


def test_bin_is_emptied_once_and_says_what_a_run_lost(
    client: TestClient, session: Session, vision: FakeVision
) -> None:
    add = session.app.dataset.add
    add(incoming_photos(range(4)), class_name="Rose")
    add(incoming_photos(range(4, 8)), class_name="Tulip")
    run = session.app.runs.start(FinetuneConfig())
    session.app.runs.wait(run.id)
    photos = client.get(f"/dragon/runs/{run.id}/photos").json()
    assert photos["words"] == "8 photos, all as they were."
    assert photos["classes"] == ["Rose", "Tulip"]
    post(client, "labels", gesture="bin", batch="to the bin", image_ids=photos["ids"][:2])
    words = client.get(f"/dragon/runs/{run.id}/photos").json()["words"]
    assert words == "8 photos, 2 have changed since."
    wrong = client.post("/dragon/bin/empty", json={"batch": "too many 1", "expected": 3})
    assert "holds 2 photos now, not 3" in wrong.json()["error"]
    for _ in range(2):
        done = post(client, "bin/empty", batch="empty it 1", expected=2)
        assert done["words"] == "2 photos removed for good."
    photos = client.get(f"/dragon/runs/{run.id}/photos").json()
    assert (photos["words"], len(photos["ids"])) == ("8 photos, 2 are gone.", 6)
    assert len(step(client, "undo")["left"]) == 2


def test_label_of_a_class_deleted_elsewhere_is_refused_in_words(
    client: TestClient, ids: list[int]
) -> None:
    post(client, "classes/2/delete", batch="deletion 1")
    asked = {"gesture": "class", "batch": "a label 1", "image_ids": ids, "class_id": 2}
    answer = client.post("/dragon/labels", json=asked)
    assert answer.status_code == 404
    assert "There is no class 2. It may have been deleted." in answer.json()["error"]
    assert [each["total"] for each in shown(client)] == [2]


def test_photo_removed_elsewhere_is_named_and_the_others_are_labelled(
    client: TestClient, ids: list[int]
) -> None:
    post(client, "labels", gesture="bin", batch="to the bin", image_ids=ids[:1])
    post(client, "bin/empty", batch="empty it 1", expected=1)
    asked = {"gesture": "class", "batch": "a label 1", "image_ids": ids[:2], "class_id": 2}
    for _ in range(2):
        answer = post(client, "labels", **asked)
        assert (answer["changed"], answer["left"]) == (1, ["0.png"])
