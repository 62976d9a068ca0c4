import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import DragonError, NotFoundError
from dragon_app.wiring import App
from tests.photos import incoming, plain_bytes

BRIGHT = incoming(plain_bytes(250), "bright.png")


@pytest.fixture
def trained_app(ready_app: App) -> App:
    """The app with run 1."""
    ready_app.runs.wait(ready_app.runs.start(FinetuneConfig()).id, poll_s=0.005)
    return ready_app


def test_the_likeliest_class_is_explained_unless_one_is_named(trained_app: App) -> None:
    found = trained_app.explaining.file(BRIGHT)
    assert (found.name, found.run_id, found.class_name) == ("bright.png", 1, "light")
    assert found.probability > 0.9
    assert found.words == "Warm places spoke for light, dark ones did not."
    other = trained_app.explaining.file(BRIGHT, class_name="dark")
    assert other.probability == pytest.approx(1 - found.probability)
    assert other.words == "No place on the photo spoke for dark."


def test_it_is_as_sure_as_try_says(trained_app: App) -> None:
    (told,) = trained_app.predictions.predict([BRIGHT], top=1)
    found = trained_app.explaining.file(BRIGHT)
    assert found.probability == pytest.approx(told.classes[0].probability)


def test_a_photo_of_the_workspace_is_explained_by_its_id(trained_app: App) -> None:
    found = trained_app.explaining.photo(1, class_name="light", run_id=1)
    assert (found.name, found.class_name) == ("0.png", "light")
    assert found.words.endswith("The dark rim was not looked at.")  # it is wider than high


def test_what_cannot_be_explained_says_so(trained_app: App) -> None:
    explaining = trained_app.explaining
    with pytest.raises(DragonError, match=r"bad\.png is not a picture"):
        explaining.file(incoming(b"no photo", "bad.png"))
    with pytest.raises(NotFoundError, match=r"knows no class 'rose'\. It knows dark, light"):
        explaining.file(BRIGHT, class_name="rose")
    with pytest.raises(NotFoundError):
        explaining.photo(99)
    with pytest.raises(NotFoundError):
        explaining.file(BRIGHT, run_id=99)


def test_without_a_model_it_says_what_to_do(ready_app: App) -> None:
    with pytest.raises(NotFoundError, match="train first"):
        ready_app.explaining.photo(1)
