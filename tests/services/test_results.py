import numpy as np
import pytest
from numpy.typing import NDArray

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import NotFoundError, WeightsError
from dragon_app.core.training import Run
from dragon_app.core.types import Split
from dragon_app.wiring import App
from tests.fakes import FakeVision
from tests.services.conftest import finish

CONFIG = FinetuneConfig()
Rows = list[list[float]]


def held_out(app: App) -> list[str]:
    """Return the digests of the held-out photos: one dark, one light, in the snapshot's order."""
    samples = app.workspace.snapshots.take().samples
    return [each.digest for each in samples if each.split is Split.VAL]


def train(app: App, vision: FakeVision, rows: Rows | None = None) -> Run:
    """Train a run that says these probabilities about the two held-out photos."""
    if rows is not None:
        said: NDArray[np.float32] = np.array(rows, np.float32)
        vision.said = lambda photos, classes: said  # type: ignore[method-assign]
    return finish(app, app.runs.start(CONFIG))


def test_the_photos_behind_a_number_are_those_that_were_named_so(
    ready_app: App, vision: FakeVision
) -> None:
    dark, light = held_out(ready_app)
    run = train(ready_app, vision, [[0.6, 0.4], [0.75, 0.25]])
    assert vision.loaded == []  # nobody has to ask the model again
    (right,) = ready_app.results.behind(run.id, target=0, said=0)
    (wrong,) = ready_app.results.behind(run.id, target=1, said=0)
    assert (right.answer.digest, right.answer.is_right) == (dark, True)
    assert (wrong.answer.digest, wrong.answer.is_right) == (light, False)
    assert wrong.answer.confidence == 0.75
    assert wrong.image is not None
    assert wrong.image.digest == light
    assert ready_app.results.behind(run.id, target=0, said=1) == []


@pytest.mark.parametrize(("target", "said"), [(2, 0), (0, 2), (-1, 0)])
def test_a_pair_of_classes_that_is_not_there_is_not_found(
    ready_app: App, vision: FakeVision, target: int, said: int
) -> None:
    run = train(ready_app, vision)
    with pytest.raises(NotFoundError):
        ready_app.results.behind(run.id, target=target, said=said)


def test_a_new_label_changes_the_photo_and_not_what_the_run_said(
    ready_app: App, vision: FakeVision
) -> None:
    run = train(ready_app, vision, [[0.6, 0.4], [0.75, 0.25]])
    (before,) = ready_app.results.behind(run.id, target=1, said=0)
    assert before.image is not None
    ready_app.labelling.assign([before.image.id], 1)
    (after,) = ready_app.results.behind(run.id, target=1, said=0)
    assert after.answer == before.answer
    assert after.image is not None
    assert after.image.class_id == 1


def test_a_run_of_an_older_version_is_asked_once(ready_app: App, vision: FakeVision) -> None:
    run = train(ready_app, vision)
    folder = ready_app.workspace.folder / ready_app.workspace.runs.checkpoint_folder(run.id)
    for file in folder.glob("*.npy"):
        file.unlink()
    first = ready_app.results.answers(run.id)
    assert (len(first.answers), first.gone) == (2, 0)
    assert ready_app.results.answers(run.id) == first
    assert len(vision.loaded) == 1


def test_a_checkpoint_that_a_better_one_replaced_meanwhile_is_asked_for_anew(
    ready_app: App, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = train(ready_app, vision, [[0.6, 0.4], [0.75, 0.25]])
    runs = ready_app.workspace.runs
    folders = ["runs/replaced", *[runs.checkpoint_folder(run.id)] * 9]
    monkeypatch.setattr(runs, "checkpoint_folder", lambda _: folders.pop(0))

    def damaged(folder: object, **_: object) -> None:
        raise WeightsError(f"There is no model in {folder}.")

    monkeypatch.setattr(vision, "load_predictor", damaged)
    assert len(ready_app.results.answers(run.id).answers) == 2
    folders[:] = ["runs/replaced"] * 2
    with pytest.raises(WeightsError):
        ready_app.results.answers(run.id)


def test_photos_that_were_removed_before_it_was_asked_are_counted(
    ready_app: App, vision: FakeVision
) -> None:
    gone, _ = held_out(ready_app)
    run = train(ready_app, vision)
    folder = ready_app.workspace.folder / ready_app.workspace.runs.checkpoint_folder(run.id)
    for file in folder.glob("*.npy"):
        file.unlink()
    ready_app.labelling.bin([ready_app.workspace.images.ids_by_digest([gone])[gone]])
    ready_app.labelling.empty_bin(expected=1)
    answers = ready_app.results.answers(run.id)
    assert (len(answers.answers), answers.gone) == (1, 1)
    assert ready_app.results.calibration(run.id).measured.n == 1


def test_a_run_without_a_model_has_no_answers(ready_app: App) -> None:
    snapshot = ready_app.workspace.snapshots.take()
    run = ready_app.workspace.runs.create(CONFIG.to_json(), snapshot.id)
    with pytest.raises(NotFoundError, match="no trained model"):
        ready_app.results.answers(run.id)


def test_confidence_is_told_beside_how_often_it_is_right(
    ready_app: App, vision: FakeVision
) -> None:
    run = train(ready_app, vision, [[0.95, 0.05], [0.95, 0.05]])
    found = ready_app.results.calibration(run.id).measured
    assert (found.n, found.right) == (2, 0.5)
    assert found.error == pytest.approx(0.45)


def test_two_runs_differ_where_they_name_photos_differently(
    ready_app: App, vision: FakeVision
) -> None:
    _, light = held_out(ready_app)
    first = train(ready_app, vision, [[0.6, 0.4], [0.75, 0.25]])
    second = train(ready_app, vision, [[0.9, 0.1], [0.2, 0.8]])
    found = ready_app.results.versus(first.id, second.id)
    assert (found.n, found.right, found.only) == (2, (1, 2), (0, 1))
    assert found.chance == 1.0
    (differing,) = found.disagreements
    assert differing.image is not None
    assert (differing.image.digest, differing.truth) == (light, "light")
    assert differing.said == ("dark", "light")
    assert differing.confidence == pytest.approx((0.75, 0.8))


def test_photos_that_changed_class_between_two_runs_are_not_compared(
    ready_app: App, vision: FakeVision
) -> None:
    first = train(ready_app, vision, [[0.6, 0.4], [0.75, 0.25]])
    digest, _ = held_out(ready_app)
    image_id = ready_app.workspace.images.ids_by_digest([digest])[digest]
    ready_app.labelling.assign([image_id], 2)
    snapshot = ready_app.workspace.snapshots.take()
    second = finish(ready_app, ready_app.runs.start_on(CONFIG, snapshot.id))
    assert ready_app.results.versus(first.id, second.id).n == 1
