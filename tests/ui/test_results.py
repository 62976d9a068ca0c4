"""What the Results tab asks for: photos behind numbers, comparison, provenance, promotions."""

from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from dragon_app.core.config import FinetuneConfig
from dragon_app.wiring import Session
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.photos import incoming_photos

CLASSES = [*incoming_photos(range(4), "dark"), *incoming_photos(range(4, 8), "light")]


@pytest.fixture(autouse=True)
def small_vision(vision: FakeVision) -> FakeVision:
    """The networks behind the page."""
    return vision


def train(session: Session, **settings: Any) -> int:
    app = session.app
    app.dataset.add(CLASSES)
    return app.runs.wait(app.runs.start(FinetuneConfig(**settings)).id, poll_s=0.005).id


def ask(client: TestClient, address: str) -> Any:
    answer = client.get(f"/dragon/{address}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_cell_of_the_matrix_gives_its_photos(client: TestClient, session: Session) -> None:
    train(session)
    (photo,) = ask(client, "runs/1/cell?target=1&said=0")["photos"]
    image = session.app.dataset.image(photo["id"])
    assert (photo["name"], photo["v"]) == (image.name, image.digest[:8])
    assert photo["confidence"] == pytest.approx(0.7)
    assert ask(client, "runs/1/cell?target=1&said=1") == {"photos": [], "gone": 0}
    session.app.labelling.bin([photo["id"]])
    session.app.labelling.empty_bin(expected=1)
    assert ask(client, "runs/1/cell?target=1&said=0") == {"photos": [], "gone": 1}
    assert client.get("/dragon/runs/1/cell?target=7&said=0").status_code == 404
    assert client.get("/dragon/runs/9/cell?target=0&said=0").status_code == 404


def test_confidence_is_told_in_plain_words(client: TestClient, session: Session) -> None:
    train(session)
    found = ask(client, "runs/1/calibration")
    assert found["words"] == (
        "On average it says 70 % and is right 5 times in 10. That fits. 2 photos are few: take "
        "this as a hint, not as a measurement."
    )
    assert [(each["n"], each["right"]) for each in found["bins"]] == [(2, 0.5)]
    assert found["told"] == ""  # two photos say nothing about how sure to be


def test_a_run_with_a_mistake_is_not_called_always_right(
    client: TestClient, session: Session, vision: FakeVision
) -> None:
    session.app.dataset.add(
        [*incoming_photos(range(115), "dark"), *incoming_photos(range(115, 120), "light")]
    )
    vision.said = lambda photos, classes: np.array([[0.99, 0.01]] * photos, np.float32)  # type: ignore[method-assign]
    session.app.runs.wait(session.app.runs.start(FinetuneConfig()).id, poll_s=0.005)
    assert "is right 96 % of the time." in ask(client, "runs/1/calibration")["words"]


@pytest.mark.parametrize(
    ("surer", "words"), [(True, "too sure of itself"), (False, "right more often than it says")]
)
def test_confidence_that_does_not_fit_is_said(
    client: TestClient, session: Session, vision: FakeVision, surer: bool, words: str
) -> None:
    dark = 60 if surer else 110
    session.app.dataset.add(
        [*incoming_photos(range(dark), "dark"), *incoming_photos(range(dark, 120), "light")]
    )
    sure = [[0.99, 0.01]] if surer else [[0.6, 0.4]]
    vision.said = lambda photos, classes: np.array(sure * photos, np.float32)  # type: ignore[method-assign]
    app = session.app
    app.runs.wait(app.runs.start(FinetuneConfig()).id, poll_s=0.005)
    found = ask(client, "runs/1/calibration")
    assert words in found["words"]
    assert f"tone it {'down' if surer else 'up'}" in found["told"]


def test_two_runs_are_told_side_by_side(
    client: TestClient, session: Session, vision: FakeVision
) -> None:
    train(session)
    vision.said = lambda photos, classes: np.array([[0.7, 0.3], [0.2, 0.8]], np.float32)  # type: ignore[method-assign]
    train(session, epochs=12)
    found = ask(client, "versus?first=1&second=2")
    assert [run["id"] for run in found["runs"]] == [1, 2]
    assert found["settings"] == [{"label": "Epochs", "first": "10 passes", "second": "12 passes"}]
    assert [each["hits"] for each in found["right"]] == [1, 2]
    (photo,) = found["photos"]
    assert (photo["truth"], photo["said"]) == ("light", ["dark", "light"])
    assert found["words"].endswith("run 2 alone on 1. So small a difference may be chance.")
    assert ask(client, "versus?first=1&second=1")["words"].startswith("Both are right on the same")


def test_a_run_tells_what_went_into_it(client: TestClient, session: Session) -> None:
    train(session)
    told = ask(client, "runs/1/provenance")["rows"]
    rows = {each["label"]: each["value"] for each in told}
    marks = {each["label"]: each["fingerprint"] for each in told if each["fingerprint"]}
    assert rows["Photos and labels"] == "8 photos"
    assert len(marks["Photos and labels"]) == 64
    assert (marks["The file of its first weights"], marks["The model it made"]) == ("w1", "d1")
    assert "torch " in rows["Programs"]
    assert rows["Computed on"] == "cpu with 2 threads"
    answer = client.get("/dragon/runs/1/provenance.json")
    assert "attachment" in answer.headers["content-disposition"]
    whole = answer.json()
    assert len(whole["photos"]) == 8
    assert {each["class"] for each in whole["photos"]} == {"dark", "light"}
    assert whole["config"]["backbone"] == FinetuneConfig().backbone
    assert whole["beginnings"][0]["machine"]["cores"] >= 1
    assert whole["result"]["checkpoint"] == "d1"


def test_photos_are_listed_with_their_class_then_and_now(
    client: TestClient, session: Session
) -> None:
    train(session)
    session.app.labelling.assign([1], 2)
    session.app.labelling.bin([2, 3])
    session.app.labelling.empty_bin(expected=2)
    session.app.labelling.bin([4])
    found = ask(client, "runs/1/then")
    by_id = {each["id"]: each for each in found["photos"]}
    assert (found["total"], len(found["photos"])) == (8, 8)
    assert (by_id[1]["then"], by_id[1]["now"], by_id[1]["is_changed"]) == ("dark", "light", True)
    assert (by_id[4]["now"], by_id[4]["is_changed"]) == ("in the bin", True)
    assert (by_id[5]["now"], by_id[5]["is_changed"]) == ("light", False)
    assert [each["now"] for each in found["photos"] if each["id"] is None] == ["removed"] * 2
    assert ask(client, "runs/1/then?start=6")["photos"] == found["photos"][6:]


def test_a_run_is_trained_again_from_the_page(client: TestClient, session: Session) -> None:
    train(session)
    assert ask(client, "runs/1/again") == {"problems": [], "warnings": []}
    started = client.post("/dragon/runs/1/again").json()["run"]
    session.app.runs.wait(started["id"], poll_s=0.005)
    told = ask(client, f"runs/{started['id']}/provenance")["repeats"]
    assert told == "Trained again just as run 1: the same model, to the last bit."
    session.app.labelling.bin([1])
    session.app.labelling.empty_bin(expected=1)
    refused = client.post("/dragon/runs/1/again")
    assert refused.status_code == 400
    assert "removed for good" in refused.json()["error"]


def test_promotions_lead_forth_and_back(client: TestClient, session: Session) -> None:
    assert ask(client, "promotions") == {"run": None, "before": None, "history": []}
    train(session)
    train(session)
    assert client.post("/dragon/runs/1/try").json() == {"try_run": 1}
    told = ask(client, "promotions")
    assert ask(client, "promotions/spare") == {"run": None, "val_accuracy": None}
    assert (told["run"], told["before"], len(told["history"])) == (1, 2, 1)
    assert client.post("/dragon/promotions/back").json()["run"] == 2
    assert client.post("/dragon/promotions/back").status_code == 404


def test_few_photos_are_measured_more_surely(client: TestClient, session: Session) -> None:
    train(session)
    assert ask(client, "runs/1/folds") == {"is_measuring": False, "lines": [], "problem": ""}
    assert client.post("/dragon/runs/1/folds").status_code == 200
    wait_until(lambda: not ask(client, "runs/1/folds")["is_measuring"])
    first, second, third = ask(client, "runs/1/folds")["lines"]
    assert "right on 75 %, likely 41 to 93 %" in first
    assert second.startswith("With twice as many photos, 16 in all, expect about ")
    assert third == "Most would come from photos of light: it is found 50 % of the time."
    assert client.post("/dragon/runs/1/folds/stop").json()["lines"]  # too late, and no harm
    assert client.post("/dragon/runs/9/folds").status_code == 404
