from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import NotFoundError, WeightsError
from dragon_app.core.ports import Pixels, Predictor
from dragon_app.core.training import Run
from dragon_app.core.vectors import Floats
from dragon_app.services.intake import IncomingFile
from dragon_app.wiring import App
from tests.conftest import wait_until
from tests.fakes import FakePredictor, FakeVision
from tests.photos import incoming, incoming_photos, photo_bytes

DARK, LIGHT = photo_bytes(1), photo_bytes(2, brighter=30)


def train(app: App) -> Run:
    return app.runs.wait(app.runs.start(FinetuneConfig()).id, poll_s=0.005)


@pytest.fixture
def trained_app(ready_app: App) -> App:
    """The app with run 1."""
    train(ready_app)
    return ready_app


def test_without_a_model_it_says_what_to_do(ready_app: App) -> None:
    assert ready_app.predictions.spare() is None
    assert ready_app.predictions.current_run() is None
    with pytest.raises(NotFoundError, match="Label some photos and train first"):
        ready_app.predictions.predict([incoming(DARK)])


def test_the_likeliest_class_comes_first(trained_app: App) -> None:
    (answer,) = trained_app.predictions.predict([incoming(LIGHT, "light.png")])
    assert (answer.name, answer.run_id, answer.error) == ("light.png", 1, "")
    probabilities = [each.probability for each in answer.classes]
    assert probabilities == sorted(probabilities, reverse=True)
    assert sum(probabilities) == pytest.approx(1)
    assert {each.name for each in answer.classes} == {"dark", "light"}
    assert answer.milliseconds > 0


def test_only_as_many_classes_as_asked_for(trained_app: App) -> None:
    (answer,) = trained_app.predictions.predict([incoming(DARK)], top=1)
    assert len(answer.classes) == 1


def test_a_file_that_cannot_be_read_says_why_and_the_rest_is_answered(trained_app: App) -> None:
    files = [incoming(DARK), incoming(b"no photo", "bad.jpg"), incoming(LIGHT)]
    answers = trained_app.predictions.predict(files)
    assert [bool(answer.classes) for answer in answers] == [True, False, True]
    assert answers[1].error.startswith("is not a picture")


def test_only_files_that_cannot_be_read(trained_app: App) -> None:
    (answer,) = trained_app.predictions.predict([incoming(b"")])
    assert (answer.classes, answer.error) == ((), "is empty")


def test_no_files_get_no_answers(trained_app: App) -> None:
    assert trained_app.predictions.predict([]) == []


def test_more_files_than_a_batch_are_answered_in_order(trained_app: App) -> None:
    answers = trained_app.predictions.predict(incoming_photos(range(40)))
    assert [answer.name for answer in answers] == [f"{n}.png" for n in range(40)]


def test_the_next_batch_is_read_while_one_is_answered_and_no_more(
    trained_app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    seen: list[int] = []
    look = FakePredictor.look

    def look_slowly(self: FakePredictor, photos: Sequence[Pixels]) -> tuple[Floats, Floats]:
        wait_until(lambda: len(read) >= min(100, 32 * len(seen) + 64))
        seen.append(len(read))
        return look(self, photos)

    def file(number: int) -> IncomingFile:
        plain = incoming(photo_bytes(number), f"{number}.png")

        def read_it() -> bytes:
            read.append(plain.name)
            return plain.read()

        return replace(plain, read=read_it)

    monkeypatch.setattr(FakePredictor, "look", look_slowly)
    answers = trained_app.predictions.predict([file(n) for n in range(100)])
    assert [answer.name for answer in answers] == [f"{n}.png" for n in range(100)]
    assert seen == [64, 96, 100, 100]


def test_five_broken_files_among_five_hundred_are_told_and_the_rest_is_answered(
    trained_app: App,
) -> None:
    whole = [photo_bytes(number) for number in range(10)]
    files = [incoming(whole[n % 10], f"{n}.png") for n in range(500)]
    broken = range(7, 500, 100)
    for number in broken:
        files[number] = incoming(whole[0][:60], f"{number}.png")
    answers = trained_app.predictions.predict(files)
    assert [answer.name for answer in answers] == [f"{n}.png" for n in range(500)]
    assert [n for n, answer in enumerate(answers) if answer.error] == list(broken)
    assert all(bool(answer.classes) != bool(answer.error) for answer in answers)


def test_a_run_whose_class_was_deleted_since_still_names_it(trained_app: App) -> None:
    trained_app.labelling.delete_class(trained_app.labelling.classes()[1].id)
    (answer,) = trained_app.predictions.predict([incoming(LIGHT)])
    assert {each.name for each in answer.classes} == {"dark", "light"}


def test_a_damaged_model_is_told_and_another_run_answers(
    trained_app: App, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(trained_app)
    load = vision.load_predictor

    def load_if_whole(folder: Path, *, device: str = "auto") -> Predictor:
        if folder.parent.name == "2":
            raise WeightsError("The checkpoint file is missing or damaged.")
        return load(folder, device=device)

    monkeypatch.setattr(vision, "load_predictor", load_if_whole)
    with pytest.raises(WeightsError, match="damaged"):
        trained_app.predictions.predict([incoming(DARK)])
    assert trained_app.predictions.predict([incoming(DARK)], run_id=1)[0].run_id == 1
    spare = trained_app.predictions.spare()
    assert spare is not None
    assert spare.id == 1
    trained_app.predictions.choose_run(1)
    assert trained_app.predictions.spare() is None


def test_the_newest_run_answers(trained_app: App) -> None:
    second = train(trained_app)
    assert trained_app.predictions.current_run() == second
    assert trained_app.predictions.predict([incoming(DARK)])[0].run_id == second.id


def test_a_chosen_run_answers_whatever_comes_after(trained_app: App) -> None:
    train(trained_app)
    trained_app.predictions.choose_run(1)
    train(trained_app)
    assert trained_app.predictions.predict([incoming(DARK)])[0].run_id == 1


def test_a_step_back_lets_the_run_before_answer(trained_app: App) -> None:
    train(trained_app)
    trained_app.predictions.choose_run(1)
    assert trained_app.predictions.run_before() == 2
    assert trained_app.predictions.step_back() == 2
    assert trained_app.predictions.predict([incoming(DARK)])[0].run_id == 2
    assert [each.run_id for each in trained_app.predictions.promotions()] == [2, 1]


def test_a_named_run_answers_once_and_the_chosen_one_after(trained_app: App) -> None:
    train(trained_app)
    assert trained_app.predictions.predict([incoming(DARK)], run_id=1)[0].run_id == 1
    assert trained_app.predictions.predict([incoming(DARK)])[0].run_id == 2


@pytest.mark.parametrize("run_id", [99, 2**64])
def test_a_run_that_is_not_there_is_not_found(trained_app: App, run_id: int) -> None:
    with pytest.raises(NotFoundError, match="no"):
        trained_app.predictions.predict([incoming(DARK)], run_id=run_id)
    with pytest.raises(NotFoundError):
        trained_app.predictions.choose_run(run_id)


def test_a_model_is_loaded_once(trained_app: App, vision: FakeVision) -> None:
    for _ in range(3):
        trained_app.predictions.predict([incoming(DARK)])
    assert vision.loaded == [trained_app.workspace.folder / "runs" / "1" / "best"]


def test_threads_that_ask_two_runs_at_once_each_get_their_own(trained_app: App) -> None:
    train(trained_app)

    def ask(n: int) -> bool:
        run_id = n % 2 + 1
        return trained_app.predictions.predict([incoming(DARK)], run_id=run_id)[0].run_id == run_id

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(ask, range(40)))


def test_two_runs_asked_in_turn_are_each_loaded_once(trained_app: App, vision: FakeVision) -> None:
    train(trained_app)
    for run_id in (1, 2, 1, 2):
        assert trained_app.predictions.predict([incoming(DARK)], run_id=run_id)[0].run_id == run_id
    assert len(vision.loaded) == 2
