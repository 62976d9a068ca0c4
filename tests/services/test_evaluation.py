import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import NotEnoughImagesError, NotFoundError
from dragon_app.core.types import Shown
from dragon_app.services.evaluation import evaluate
from dragon_app.wiring import App
from tests.photos import incoming, incoming_photos, plain_bytes


@pytest.fixture
def trained_app(ready_app: App) -> App:
    """The app with run 1, which calls bright photos light."""
    ready_app.runs.wait(ready_app.runs.start(FinetuneConfig()).id, poll_s=0.005)
    return ready_app


def test_photos_are_counted_by_what_they_are_and_what_they_are_called(trained_app: App) -> None:
    files = [
        incoming(plain_bytes(10), class_name="dark"),
        incoming(plain_bytes(250), class_name="dark"),
        incoming(plain_bytes(240), class_name="light"),
        incoming(plain_bytes(230), class_name="LIGHT"),
    ]
    result = evaluate(trained_app.predictions, files)
    assert (result.accuracy, result.n) == (0.75, 4)
    assert result.class_names == ("dark", "light")
    assert result.confusion == ((1, 1), (0, 2))
    assert result.per_class["dark"]["recall"] == 0.5


def test_measured_photos_are_not_added(trained_app: App) -> None:
    before = trained_app.workspace.images.counts()[Shown.ALL]
    evaluate(trained_app.predictions, incoming_photos([90], "dark"))
    assert trained_app.workspace.images.counts()[Shown.ALL] == before


def test_what_cannot_be_measured_is_named_with_its_reason(trained_app: App) -> None:
    files = [
        incoming(plain_bytes(10), "good", class_name="dark"),
        incoming(plain_bytes(10), "loose"),
        incoming(plain_bytes(10), "stranger", class_name="dragon"),
        incoming(plain_bytes(10), "endless", class_name="x" * 100),
        incoming(b"", "empty", class_name="dark"),
    ]
    result = evaluate(trained_app.predictions, files)
    reasons = {refusal.name: refusal.reason for refusal in result.refused}
    assert result.n == 1
    assert reasons["loose"] == "lies in no class folder"
    assert reasons["stranger"] == "is of the class 'dragon', which this run does not know"
    assert "does not know" in reasons["endless"]
    assert reasons["empty"] == "is empty"


@pytest.mark.parametrize("class_name", [None, "dragon"])
def test_nothing_to_measure_on_says_what_to_give(trained_app: App, class_name: str | None) -> None:
    with pytest.raises(NotEnoughImagesError, match="named dark, light"):
        evaluate(trained_app.predictions, incoming_photos([1], class_name))


def test_without_a_model_there_is_nothing_to_measure(ready_app: App) -> None:
    with pytest.raises(NotFoundError, match="no trained model"):
        evaluate(ready_app.predictions, incoming_photos([1], "dark"))
