import io
import json
import zipfile

import numpy as np
import pytest
from numpy.typing import NDArray

from dragon_app.core.temperature import tempered
from dragon_app.imaging.decode import decode_bytes
from dragon_app.services.calibrating import temperature_of
from dragon_app.wiring import App
from tests.fakes import FakeVision
from tests.photos import incoming, incoming_photos, photo_bytes
from tests.services.conftest import finish
from tests.services.test_results import CONFIG


def sure(photos: int, classes: int) -> NDArray[np.float32]:
    """Be all but certain of the first class, whatever the photo; the first photo is gone."""
    rows = np.tile(np.array([0.999, 0.001], np.float32), (photos, 1))
    rows[0] = np.nan
    return rows


@pytest.fixture
def boaster(app: App, vision: FakeVision) -> App:
    """The app with run 1, which is right on half of its held-out photos and sure of all."""
    vision.said = sure  # type: ignore[method-assign]
    dark, light = incoming_photos(range(60), "dark"), incoming_photos(range(60, 120), "light")
    app.dataset.add([*dark, *light])
    finish(app, app.runs.start(CONFIG))
    return app


def test_a_run_that_boasts_sounds_less_sure_in_try_and_when_taken_away(
    boaster: App, vision: FakeVision
) -> None:
    temperature = temperature_of(boaster.workspace, 1)
    assert temperature > 2
    (answer,) = boaster.predictions.predict([incoming(photo_bytes(500))])
    loaded = boaster.predictions.load().predictor
    plain = loaded.probabilities([decode_bytes(photo_bytes(500))])
    assert answer.classes[0].probability == pytest.approx(tempered(plain, temperature).max())
    assert answer.classes[0].probability < plain.max()
    archive = zipfile.ZipFile(io.BytesIO(b"".join(boaster.packing.package(1).pieces())))
    assert json.loads(archive.read("model.json"))["temperature"] == temperature


def test_a_run_whose_answers_were_lost_is_taken_at_its_word(boaster: App) -> None:
    folder = boaster.workspace.folder / boaster.workspace.runs.checkpoint_folder(1)
    (folder / "held-out.npy").write_bytes(b"damaged")
    assert temperature_of(boaster.workspace, 1) == 1.0
