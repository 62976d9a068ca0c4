"""The fix-it inbox over HTTP."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from dragon_app.wiring import Session
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.photos import incoming, photo_bytes
from tests.ui.test_api import run, words

KINDS = ["label", "mistake", "twins", "leak", "broken", "dark", "blurry", "unlike", "unsure"]


@pytest.fixture
def mixed(vision: FakeVision, client: TestClient, session: Session) -> TestClient:
    """A client of six dark and six light photos, one of which is called dark and has a twin."""
    session.app.suggesting.open()
    for name, seeds, brighter in (
        ("dark", range(6), 0), ("light", range(10, 16), 30), ("dark", [15], 20),
    ):  # fmt: skip
        session.app.dataset.add(
            [
                incoming(photo_bytes(seed, brighter=brighter), f"{seed}.png", class_name=name)
                for seed in seeds
            ]
        )
    wait_until(lambda: client.get("/dragon/inbox").json()["status"] == "ready")
    return client


def listed(client: TestClient, **query: Any) -> list[dict[str, Any]]:
    return list(client.get("/dragon/inbox", params=query).json()["findings"])


def test_a_finding_says_what_there_is_to_say(mixed: TestClient) -> None:
    told = mixed.get("/dragon/inbox").json()
    assert [each["kind"] for each in told["kinds"]] == KINDS
    counts = {each["kind"]: each["count"] for each in told["kinds"]}
    assert (counts["twins"], counts["leak"]) == (1, 0)
    found = told["findings"][0]
    assert (found["id"], found["kind"], found["class"], found["class_id"]) == (
        13,
        "twins",
        "dark",
        1,
    )
    assert found["image"]["split"] == found["others"][0]["split"]
    assert (found["others"][0]["id"], found["others"][0]["class"]) == (12, "light")
    assert found["suggestion"]["class"] == "light"
    assert (found["mistake"], found["can_be"]) == (None, "wrong")
    assert found["reasons"][0]["words"] == (
        "It looks almost the same as a photo of light; its label is dark."
    )
    assert [each["id"] for each in listed(mixed, kind="twins")] == [13]
    assert listed(mixed, kind="leak") == []
    assert 13 not in [each["id"] for each in listed(mixed, offset=1)]


def test_keeping_is_undone_and_done_again_by_the_journal(mixed: TestClient) -> None:
    asked = {"batch": "gesture-1", "image_ids": [13], "class_ids": [1]}
    assert mixed.post("/dragon/inbox/keep", json=asked).json() == {
        "changed": 1, "left": [], "images": [13],
    }  # fmt: skip
    assert 13 not in [each["id"] for each in listed(mixed)]
    told = mixed.post("/dragon/undo", json={"batch": "gesture-2"}).json()
    assert told["words"] == "Keeping as it is undone on 1 photo."
    assert listed(mixed)[0]["id"] == 13
    stale = {"batch": "gesture-3", "image_ids": [13], "class_ids": [2]}
    assert mixed.post("/dragon/inbox/keep", json=stale).json()["left"] == ["15.png"]
    refused = mixed.post("/dragon/inbox/keep", json={**stale, "class_ids": []})
    assert "the class that it was seen with" in refused.json()["error"]


def test_what_fixes_brought_is_told_after_a_run(mixed: TestClient, session: Session) -> None:
    nothing = mixed.get("/dragon/inbox/gain").json()
    assert (nothing["waiting"], nothing["gain"]) == ("", None)
    for fixes in (1, 0):
        started = mixed.post("/dragon/runs", json={"preset": "quick"})
        assert started.status_code == 200, started.text
        wait_until(lambda: session.app.runs.all()[0].status.is_final)
        if fixes:
            session.app.labelling.assign([13], 2)
            waiting = mixed.get("/dragon/inbox/gain").json()["waiting"]
            assert waiting == (
                "1 fix (1 relabelled) since run 1 began. Train again to see what it brings."
            )
    gain = mixed.get("/dragon/inbox/gain").json()["gain"]
    assert (gain["before"], gain["after"], gain["fixes"]["relabelled"]) == (1, 2, 1)
    assert gain["right"][0]["hits"] <= gain["n"]
    assert "They do equally well." in gain["words"]


def test_scripts_read_the_list_and_judge(mixed: TestClient) -> None:
    told = run(mixed, "inbox", 1, "twins")
    assert [each["id"] for each in told["findings"]] == [13]
    assert run(mixed, "keep", [13], [1], None) == {"changed": 1, "left": []}
    assert run(mixed, "inbox", 50, "twins")["findings"] == []
    assert "no kind 'wings'" in words(mixed, "inbox", 50, "wings")
