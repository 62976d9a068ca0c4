import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import DragonError, NotEnoughImagesError
from dragon_app.services import folding
from dragon_app.wiring import App
from tests.fakes import FakeVision
from tests.photos import incoming, photo_bytes
from tests.services.conftest import Gate, finish


def test_few_photos_are_each_held_out_in_turn(ready_app: App, vision: FakeVision) -> None:
    run = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    found = ready_app.folding.score(run.id)
    assert (found.n, found.right, found.weakest) == (8, 0.75, ("light", 0.5))
    assert found.low < 0.75 < found.high
    assert (found.more, found.ahead.photos) == (16, 12)
    assert found.ahead.right > 0.75
    assert len(vision.groups) == 8


def test_photos_that_look_alike_are_held_out_together(ready_app: App, vision: FakeVision) -> None:
    ready_app.dataset.add([incoming(photo_bytes(1, brighter=20), class_name="dark")])
    run = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    ready_app.folding.score(run.id)
    assert len(vision.groups) == 9
    assert len(set(vision.groups)) == 8


def test_a_training_goes_first(ready_app: App, gate: Gate) -> None:
    run = ready_app.runs.start(FinetuneConfig())
    with pytest.raises(DragonError, match="A training is under way"):
        ready_app.folding.score(run.id)
    gate.opened.set()


def test_many_photos_need_no_folds(ready_app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    run = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    monkeypatch.setattr(folding, "MOST_PHOTOS", 7)
    with pytest.raises(DragonError, match="small sets, of at most 7 photos; run 1 had 8"):
        ready_app.folding.score(run.id)


def test_photos_removed_for_good_since_are_left_out(ready_app: App, vision: FakeVision) -> None:
    run = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    ready_app.labelling.bin([1])
    ready_app.labelling.empty_bin(expected=1)
    assert ready_app.folding.score(run.id).gone == 1
    assert len(vision.groups) == 7


def test_a_run_with_one_class_left_says_so(ready_app: App) -> None:
    run = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    ready_app.labelling.bin([1, 2, 3, 4])
    ready_app.labelling.empty_bin(expected=4)
    with pytest.raises(NotEnoughImagesError, match="photos of run 1 were removed for good"):
        ready_app.folding.score(run.id)
