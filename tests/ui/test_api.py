"""The named endpoints for scripts."""

import base64
from typing import Any

import pytest
from starlette.testclient import TestClient

from dragon_app.core.errors import WeightsError
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.wiring import Session
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.photos import photo_bytes
from tests.told import save_standing


def run(client: TestClient, name: str, *arguments: object) -> Any:
    answer = client.post(f"/gradio_api/run/{name}", json={"data": list(arguments)})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"][0]


def words(client: TestClient, name: str, *arguments: object) -> str:
    answer = client.post(f"/gradio_api/run/{name}", json={"data": list(arguments)})
    assert answer.status_code == 500
    return str(answer.json()["error"])


def photo(seed: int) -> str:
    return base64.b64encode(photo_bytes(seed)).decode()


def test_script_adds_labels_trains_and_asks(vision: FakeVision, client: TestClient) -> None:
    ids = [run(client, "add", photo(i), f"{i}.png", "Rose")["image_id"] for i in range(4)]
    ids += [run(client, "add", photo(i), f"{i}.png", "Tulip")["image_id"] for i in range(4, 8)]
    assert run(client, "status")["images"] == 8
    assert run(client, "label", ids[:1], "tulip", "my-batch-1") == {"changed": 1}
    assert run(client, "label", ids[:1], "rose", "my-batch-1") == {"changed": 1}  # as before
    assert run(client, "undo", None)["changed"] == 1
    assert run(client, "redo", "my-redo-1")["ok"]
    assert run(client, "label", ids[:1], "ROSE", None) == {"changed": 1}
    told = client.get(f"/dragon/photos/{ids[0]}/journal").json()
    assert [each["who"] for each in told] == ["import", "script", "script", "script", "script"]
    assert [each["name"] for each in run(client, "classes")] == ["Rose", "Tulip"]
    started = run(client, "train", "balanced", {"epochs": 2})
    assert started["config"]["epochs"] == 2
    assert run(client, "runs")[0]["run"] == started["run"]
    assert run(client, "stop", started["run"])["run"] == started["run"]


def test_what_goes_wrong_is_said_in_words(vision: FakeVision, client: TestClient) -> None:
    assert "base64" in words(client, "add", "!", "x.png", None)
    assert "not a picture" in words(client, "add", "aGVsbG8=", "x.png", None)
    assert "no class 'Rose'" in words(client, "label", [1], "Rose", None)
    assert "cannot start yet" in words(client, "train", "quick", None)
    assert "preset" in words(client, "train", "slowly", None)
    assert "no path" in words(client, "train", "quick", {"weights_file": "/etc/passwd"})
    assert "no trained model" in words(client, "predict", photo(1), None)


def test_a_run_is_not_started_when_its_warnings_cannot_be_told(
    vision: FakeVision, session: Session, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_: object) -> str:
        raise WeightsError("The weights cannot be read.")

    for i in range(8):
        run(client, "add", photo(i), f"{i}.png", "Rose" if i < 4 else "Tulip")
    monkeypatch.setattr(session.app.backbones, "warning", unreadable)
    assert "cannot be read" in words(client, "train", "quick", None)
    assert "cannot be read" in words(client, "compare", "rates", "quick", None, None)
    assert run(client, "runs") == []


def test_bug_inside_stays_inside(client: TestClient) -> None:
    answer = client.post("/gradio_api/run/label", json={"data": [["no number"], "x", None]})
    assert answer.status_code >= 400
    assert "Traceback" not in answer.text


def test_script_asks_for_costs_and_a_rate(vision: FakeVision, client: TestClient) -> None:
    costs = run(client, "freezing_costs", "balanced", {"epochs": 5, "unfreeze_after": 0})
    assert [each["frozen"] for each in costs["by_frozen"]] == [0, 1, 2, 3, 4, 5]
    assert "nothing to learn from yet" in words(client, "find_rate", "balanced", None)
    for i in range(8):
        run(client, "add", photo(i), f"{i}.png", "Rose" if i < 4 else "Tulip")
    found = run(client, "find_rate", "balanced", None)
    assert found["suggestion"] == 1e-3
    assert len(found["points"]) == 3
    assert "preset" in words(client, "freezing_costs", "slowly", None)


def test_a_script_pauses_a_run_lets_it_go_on_and_trains_it_longer(
    vision: FakeVision, client: TestClient
) -> None:
    for name, seeds in (("Rose", range(4)), ("Tulip", range(4, 8))):
        for seed in seeds:
            run(client, "add", photo(seed), f"{seed}.png", name)
    saved: list[bool] = []

    def learn(report: Report, should_stop: ShouldStop) -> None:
        save_standing(vision.folders[-1], report, epoch=2)
        if not saved:
            saved.append(True)
            wait_until(should_stop)

    vision.learn = learn
    number = run(client, "train", "balanced", {"epochs": 2})["run"]
    wait_until(lambda: saved)
    run(client, "pause", number)
    wait_until(lambda: run(client, "runs")[0]["status"] == "paused")
    assert run(client, "resume", number)["run"] == number
    wait_until(lambda: run(client, "runs")[0]["status"] == "finished")
    assert run(client, "extend", number, 3)["config"]["epochs"] == 4
    wait_until(lambda: run(client, "runs")[0]["status"] == "finished")
    assert "is finished" in words(client, "resume", number)


def test_a_script_promotes_a_run_and_steps_back(vision: FakeVision, client: TestClient) -> None:
    for i in range(8):
        run(client, "add", photo(i), f"{i}.png", "Rose" if i < 4 else "Tulip")
    assert "no other run" in words(client, "step_back").lower()
    for _ in range(2):
        run(client, "train", "quick", None)
    wait_until(lambda: [each["status"] for each in run(client, "runs")] == ["finished"] * 2)
    told = run(client, "promote", 1)
    assert (told["run"], told["before"]) == (1, 2)
    assert run(client, "predict", photo(1), None)["run"] == 1
    assert run(client, "step_back")["run"] == 2
    assert "no run 9" in words(client, "promote", 9)
