from types import SimpleNamespace

import numpy as np
import pytest

from dragon_app import wiring
from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import NotFoundError
from dragon_app.core.ports import ShouldStop, Vision
from dragon_app.core.types import Shown
from dragon_app.core.vectors import Vectors
from dragon_app.services import suggesting
from dragon_app.services.drafts import read_numbers
from dragon_app.wiring import App
from tests.conftest import wait_until
from tests.photos import incoming, photo_bytes
from tests.services.shelving import shelve

DARK, LIGHT = 1, 2


@pytest.fixture
def helped(app: App) -> App:
    """Three dark and three light photos, then two dark ones and a light one that wait."""
    for name, brighter in (("dark", 0), ("light", 30), (None, 0)):
        photos = [
            incoming(photo_bytes(seed, brighter=brighter), f"{name}{seed}.png", class_name=name)
            for seed in {"dark": range(3), "light": range(10, 13), None: range(20, 22)}[name]
        ]
        app.dataset.add(photos)
    app.dataset.add([incoming(photo_bytes(30, brighter=30), "last.png")])
    app.suggesting.open()
    return app


def drafts(app: App) -> dict[int, int]:
    """Return image id -> class id of what the page shows."""
    return {int(row[0]): int(row[1]) for row in read_numbers(app.suggesting.drafts(), 3)}


def test_photos_that_wait_get_drafts_that_are_no_labels(helped: App) -> None:
    wait_until(lambda: drafts(helped) == {7: DARK, 8: DARK, 9: LIGHT})
    assert helped.workspace.images.counts()[Shown.LABELLED] == 6
    assert helped.suggesting.suggested().who == "starter head, 6 labels"
    assert len(helped.workspace.snapshots.take().samples) == 6


def test_accepting_is_one_step_that_tells_who_suggested(helped: App) -> None:
    wait_until(lambda: len(drafts(helped)) == 3)
    result = helped.suggesting.accept({7: DARK, 9: LIGHT}, batch="accepted-1")
    assert result.changed == 2
    assert helped.suggesting.accept({7: DARK, 9: LIGHT}, batch="accepted-1") == result
    wait_until(lambda: list(drafts(helped)) == [8])
    line = helped.history.of_photo(9)[-1]
    assert (line.after, line.who) == ("light", "person")
    assert line.suggested_by == "starter head, 6 labels"
    undone = helped.labelling.undo()
    assert undone is not None
    assert undone.changed == 2
    wait_until(lambda: len(drafts(helped)) == 3)


def test_who_was_quicker_by_hand_is_not_overruled(helped: App) -> None:
    wait_until(lambda: len(drafts(helped)) == 3)
    helped.labelling.assign([7], LIGHT)
    result = helped.suggesting.accept({7: DARK, 8: DARK})
    assert (result.changed, result.left) == (1, (7,))
    assert helped.dataset.image(7).class_id == LIGHT


def test_a_correction_changes_what_is_suggested_and_a_deleted_class_is_not(helped: App) -> None:
    wait_until(lambda: len(drafts(helped)) == 3)
    helped.labelling.delete_class(LIGHT)
    assert set(drafts(helped).values()) == {DARK}
    wait_until(lambda: drafts(helped) == {})  # one class is no choice
    helped.labelling.undo()
    wait_until(lambda: drafts(helped).get(9) == LIGHT)


def test_switched_off_there_are_none_also_after_a_restart(helped: App) -> None:
    wait_until(lambda: len(drafts(helped)) == 3)
    helped.suggesting.turn_off()
    wait_until(lambda: helped.workspace.suggestions.drafts() == b"")
    version = helped.suggesting.suggested().version
    helped.suggesting.turn_on()
    wait_until(lambda: len(drafts(helped)) == 3)
    assert helped.suggesting.suggested().version > version


def test_a_trained_run_can_suggest(helped: App) -> None:
    run = helped.runs.wait(helped.runs.start(FinetuneConfig()).id, poll_s=0.005)
    helped.suggesting.suggest_by(run.id)
    wait_until(lambda: helped.suggesting.suggested().who == f"run {run.id}")
    wait_until(lambda: len(drafts(helped)) == 3)
    helped.suggesting.accept({9: drafts(helped)[9]})
    assert helped.history.of_photo(9)[-1].suggested_by == f"run {run.id}"
    with pytest.raises(NotFoundError):
        helped.suggesting.suggest_by(999)


def test_like_this_one_and_most_useful_next(app: App, helped: App) -> None:
    wait_until(lambda: len(drafts(helped)) == 3)
    likeness = helped.ordering.like(9)
    assert likeness[0] == 9
    assert sorted(likeness) == list(range(1, 10))
    assert sorted(helped.ordering.useful()) == [7, 8, 9]
    with pytest.raises(NotFoundError, match="not looked at yet"):
        helped.ordering.like(99)


def test_nothing_is_computed_before_there_is_something_to_learn_from(app: App) -> None:
    app.dataset.add([incoming(photo_bytes(1), "a.png"), incoming(photo_bytes(2), "b.png")])
    app.suggesting.open()
    with pytest.raises(NotFoundError, match="being looked at"):
        app.ordering.useful()  # asking is what begins it
    wait_until(lambda: app.embedding.vectors() is not None)
    assert np.array_equal(sorted(app.ordering.useful()), [1, 2])
    assert drafts(app) == {}


def test_no_photo_is_looked_at_while_none_waits_for_a_class(app: App) -> None:
    for name, brighter in (("dark", 0), ("light", 30)):
        photos = [
            incoming(photo_bytes(seed, brighter=brighter), f"{name}{seed}.png", class_name=name)
            for seed in range(brighter, brighter + 3)
        ]
        app.dataset.add(photos)
    app.suggesting._take_turn()
    assert not app.embedding.looking().is_wanted
    app.dataset.add([incoming(photo_bytes(40), "waits.png")])
    app.suggesting._take_turn()
    assert app.embedding.looking().is_wanted


def test_after_a_restart_drafts_stand_and_no_head_is_fitted(
    helped: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_until(lambda: len(drafts(helped)) == 3)
    before, vectors = drafts(helped), helped.embedding.vectors()
    assert vectors is not None
    shelve(helped, vectors)
    folder = helped.workspace.folder
    helped.close()
    monkeypatch.setattr(wiring, "vision", _none)
    again = wiring.open_app(folder)
    try:
        plain, turns = again.embedding.vectors, []

        def seen() -> Vectors | None:
            turns.append(plain())
            return turns[-1]

        monkeypatch.setattr(again.embedding, "vectors", seen)
        again.suggesting.open()
        wait_until(lambda: sum(each is not None for each in turns) > 1)  # one turn is over
        assert drafts(again) == before
        assert again.suggesting.suggested().problem == ""
        assert again.suggesting.suggested().who == "starter head, 6 labels"
        assert sorted(again.ordering.useful()) == [7, 8, 9]
        assert again.ordering.like(9)[0] == 9
    finally:
        again.close()


def test_a_choice_made_during_a_turn_ends_the_rest_after_it(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_over: list[bool] = []

    def rest(took_s: float, *, wait: object, should_stop: ShouldStop) -> None:
        is_over.append(should_stop())

    monkeypatch.setattr(app.presence, "keep_back", rest)
    with app.suggesting._kept_back():
        app.suggesting.turn_off()
    with app.suggesting._kept_back():
        pass
    assert is_over == [True, False]


def test_waiting_for_torch_is_not_rested_for(helped: App, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 0.0

    def load_late(**_: object) -> None:
        nonlocal now_s
        now_s += 30

    rests: list[float] = []
    monkeypatch.setattr(helped.presence, "keep_loading_back", load_late)
    monkeypatch.setattr(helped.presence, "keep_back", lambda took_s, **_: rests.append(took_s))
    monkeypatch.setattr(suggesting, "time", SimpleNamespace(monotonic=lambda: now_s))
    wait_until(lambda: len(drafts(helped)) == 3)
    wait_until(lambda: rests)
    assert max(rests) == 0


def _none() -> Vision:
    raise AssertionError("a network was loaded")
