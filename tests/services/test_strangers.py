import io

import pytest
from PIL import Image

from dragon_app.core.training import Prediction
from dragon_app.core.types import Split
from dragon_app.services.strangers import Strangers
from dragon_app.wiring import App
from tests.conftest import wait_until
from tests.photos import incoming, incoming_photos, photo_bytes
from tests.services.conftest import finish
from tests.services.test_results import CONFIG


def plain(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(file, "PNG")
    return file.getvalue()


def strangeness(app: App, data: bytes) -> float | None:
    return app.predictions.predict([incoming(data)], tells_likeness=True)[0].strangeness


@pytest.fixture
def trained_app(app: App) -> App:
    """The app with run 1, which has learned from 120 grey mixtures, a fifth of them held out."""
    dark, light = incoming_photos(range(60), "dark"), incoming_photos(range(60, 120), "light")
    app.dataset.add([*dark, *light])
    finish(app, app.runs.start(CONFIG))
    return app


def test_what_is_usual_is_learned_in_the_background_and_the_rest_is_strange(
    trained_app: App,
) -> None:
    trained_app.workspace.blobs.path(trained_app.dataset.image(1).digest).unlink()  # not a reason
    assert strangeness(trained_app, photo_bytes(500)) is None  # asked for the first time
    wait_until(lambda: strangeness(trained_app, photo_bytes(500)) is not None)
    known = strangeness(trained_app, photo_bytes(500))
    assert known is not None
    assert known < 1
    found = strangeness(trained_app, plain("magenta"))
    assert found is not None
    assert found > 0.95
    assert strangeness(trained_app, b"broken") is None
    asked = trained_app.predictions.predict([incoming(plain("magenta"))], tells_likeness=True)[0]
    assert asked.held_out in {23, 24}  # one photo may be the one that is gone
    unasked = trained_app.predictions.predict([incoming(plain("magenta"))])[0]
    assert unasked.strangeness is None  # scripts do not wait for what they do not show


def test_few_held_out_photos_make_nothing_strange(ready_app: App) -> None:
    finish(ready_app, ready_app.runs.start(CONFIG))
    file = incoming(plain("magenta"))

    def answer() -> Prediction:
        return ready_app.predictions.predict([file], tells_likeness=True)[0]

    wait_until(lambda: answer().like)  # which needs no held-out photos
    assert answer().strangeness is None


def test_a_photo_is_most_like_itself_and_what_is_gone_is_like_nothing(trained_app: App) -> None:
    def like() -> list[tuple[int, str]]:
        file = incoming(trained_app.dataset.photo_file(image.id).read_bytes())
        found = trained_app.predictions.predict([file], tells_likeness=True)[0].like
        return [(each.image_id, each.class_name) for each in found]

    images = trained_app.dataset.described(range(1, 121))
    image = next(each for each in images if each.split is Split.TRAIN)
    wait_until(like)
    assert len(like()) == 5
    assert like()[0] == (image.id, "dark")
    second = like()[1][0]
    trained_app.labelling.bin([second])
    trained_app.labelling.empty_bin(expected=1)
    assert second not in [image_id for image_id, _ in like()]


def test_a_training_is_not_slowed_down(trained_app: App) -> None:
    busy = Strangers(trained_app.workspace, is_busy=lambda: True)
    loaded = trained_app.predictions.load()
    for _ in range(2):
        assert busy.of(1, loaded.folder, loaded.predictor) is None
    busy.close()
