import io
import json
import zipfile

import numpy as np
import pytest
from numpy.typing import NDArray

from dragon_app.core.temperature import tempered
from dragon_app.core.training import FinetuneResult
from dragon_app.imaging.decode import decode_bytes
from dragon_app.services.calibrating import temperature_of
from dragon_app.storage.runs import RunStore
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


def temperature(app: App) -> float | None:
    return temperature_of(app.workspace, 1, app.workspace.runs.checkpoint_folder(1))


def test_a_run_that_boasts_sounds_less_sure_in_try_and_when_taken_away(
    boaster: App, vision: FakeVision
) -> None:
    known = temperature(boaster)
    assert known is not None
    assert known > 2
    (answer,) = boaster.predictions.predict([incoming(photo_bytes(500))])
    loaded = boaster.predictions.load().predictor
    plain = loaded.probabilities([decode_bytes(photo_bytes(500))])
    assert answer.classes[0].probability == pytest.approx(tempered(plain, known).max())
    assert answer.classes[0].probability < plain.max()
    archive = zipfile.ZipFile(io.BytesIO(b"".join(boaster.packing.package(1).pieces())))
    assert json.loads(archive.read("model.json"))["temperature"] == known


def test_a_run_whose_answers_were_lost_is_taken_at_its_word(boaster: App) -> None:
    folder = boaster.workspace.folder / boaster.workspace.runs.checkpoint_folder(1)
    (folder / "held-out.npy").write_bytes(b"damaged")
    assert temperature(boaster) == 1.0


def test_a_model_loaded_before_its_answers_are_written_sounds_right_once_they_are(
    boaster: App,
) -> None:
    folder = boaster.workspace.folder / boaster.workspace.runs.checkpoint_folder(1)
    data = (folder / "held-out.npy").read_bytes()
    (folder / "held-out.npy").unlink()
    assert boaster.predictions.load().temperature is None
    (folder / "held-out.npy").write_bytes(data)
    loaded = boaster.predictions.load()
    assert loaded.temperature is not None
    assert loaded.temperature == temperature(boaster)
    assert boaster.predictions.load() is loaded


def test_a_checkpoint_is_found_only_with_its_answers(
    app: App, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = []
    store = RunStore.add_checkpoint

    def look_first(self: RunStore, run_id: int, result: FinetuneResult, *, folder: str) -> None:
        kept.append(app.workspace.answers.has(folder))
        store(self, run_id, result, folder=folder)

    monkeypatch.setattr(RunStore, "add_checkpoint", look_first)
    app.dataset.add([*incoming_photos(range(4), "dark"), *incoming_photos(range(4, 8), "light")])
    finish(app, app.runs.start(CONFIG))
    assert kept == [True]


def test_results_and_try_show_the_same_confidence(boaster: App) -> None:
    said = boaster.results.answers(1).answers
    (row,) = tempered(np.array([[0.999, 0.001]], np.float32), temperature(boaster) or 1.0)
    assert all(each.said == 0 and each.confidence == pytest.approx(row[0]) for each in said)
    found = boaster.results.calibration(1)
    assert found.temperature == temperature(boaster)
    assert found.measured.confidence == pytest.approx(0.999)
    assert found.told.confidence == pytest.approx(row[0])
    assert found.told.error < found.measured.error
