import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.inbox import Finding, Kind
from dragon_app.core.types import Split
from dragon_app.services.inbox import InboxStatus
from dragon_app.wiring import App
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.photos import incoming, photo_bytes, plain_bytes
from tests.services.conftest import Gate, finish

DARK, LIGHT = 1, 2
WRONG = 13  # a light photo that is called dark


@pytest.fixture
def mixed(app: App) -> App:
    """Six dark and six light photos, and one of the light that is called dark."""
    for name, seeds, brighter in (
        ("dark", range(6), 0), ("light", range(10, 16), 30), ("dark", [20], 30),
    ):  # fmt: skip
        app.dataset.add(
            [
                incoming(photo_bytes(seed, brighter=brighter), f"{seed}.png", class_name=name)
                for seed in seeds
            ]
        )
    app.suggesting.open()
    return app


def made(app: App) -> list[Finding]:
    """Return the findings of a list that is up to date."""
    wait_until(lambda: app.inbox.standing().status in {InboxStatus.READY, InboxStatus.FEW})
    return list(app.inbox.findings())


def of_kind(app: App, kind: Kind) -> list[int]:
    return [f.image_id for f in made(app) if any(r.kind is kind for r in f.reasons)]


def test_without_photos_there_is_nothing_to_fix(app: App) -> None:
    standing = app.inbox.standing()
    assert (standing.status, standing.version) == (InboxStatus.EMPTY, 0)
    assert "Add some" in standing.words
    assert app.inbox.findings() == ()


def test_a_wrong_label_stands_first_and_goes_when_it_is_put_right(mixed: App) -> None:
    first = made(mixed)[0]
    assert (first.image_id, first.kind, first.class_id) == (WRONG, Kind.LABEL, DARK)
    assert first.suggestion is not None
    assert first.suggestion.class_id == LIGHT
    mixed.labelling.assign([WRONG], LIGHT)
    assert WRONG not in [each.image_id for each in mixed.inbox.findings()]
    mixed.labelling.undo()
    assert WRONG in [each.image_id for each in mixed.inbox.findings()]


def test_what_was_found_right_stays_away_until_its_label_changes(mixed: App) -> None:
    made(mixed)
    mixed.inbox.keep({WRONG: DARK})
    assert WRONG not in [each.image_id for each in made(mixed)]
    mixed.labelling.assign([WRONG], None)
    mixed.labelling.assign([WRONG], DARK)  # still what the person found right
    assert WRONG not in [each.image_id for each in made(mixed)]
    for _ in range(3):
        mixed.labelling.undo()
    wait_until(lambda: WRONG in [each.image_id for each in mixed.inbox.findings()])


def test_with_few_labels_only_what_needs_none_is_listed(app: App, vision: FakeVision) -> None:
    app.dataset.add([incoming(plain_bytes(128), "grey.png", class_name="dark")])
    twin = photo_bytes(1)
    app.dataset.add([incoming(twin, "a.png", class_name="dark")])
    app.dataset.add([incoming(photo_bytes(1, brighter=20), "b.png", class_name="light")])
    assert of_kind(app, Kind.BROKEN) == [1]
    assert of_kind(app, Kind.TWINS) == [3]
    standing = app.inbox.standing()
    assert standing.status is InboxStatus.FEW
    assert "Label 3 photos of each of two classes" in standing.words
    assert not vision.embeds.asked  # torch stays away


def test_a_leak_and_a_lost_file_are_found(mixed: App) -> None:
    made(mixed)
    lost = mixed.dataset.image(2)
    mixed.workspace.blobs.path(lost.digest).unlink()
    for name, brighter, split in (("t", 0, Split.TRAIN), ("v", 20, Split.VAL)):
        photo = photo_bytes(50, brighter=brighter)
        mixed.dataset.add([incoming(photo, f"{name}.png", class_name="dark", split=split)])
    wait_until(lambda: of_kind(mixed, Kind.BROKEN) == [2])  # the list rests between two makings
    wait_until(lambda: of_kind(mixed, Kind.LEAK) == [15])


def test_the_worst_answered_photo_of_the_run_in_use_is_named(mixed: App) -> None:
    run = finish(mixed, mixed.runs.start(FinetuneConfig()))  # it calls every photo dark
    wait_until(lambda: of_kind(mixed, Kind.MISTAKE))
    held_out = [i.id for i in mixed.dataset.described(range(1, 14)) if i.split is Split.VAL]
    (wrong,) = [i for i in held_out if mixed.dataset.image(i).class_id == LIGHT]
    (found,) = [f for f in mixed.inbox.findings() if f.image_id == wrong]
    (reason,) = [r for r in found.reasons if r.kind is Kind.MISTAKE]
    assert (reason.run_id, reason.place, reason.class_id) == (run.id, 1, DARK)


def test_a_training_goes_first_and_the_list_goes_on_after(mixed: App, gate: Gate) -> None:
    run = mixed.runs.start(FinetuneConfig())
    wait_until(gate.entered.is_set)
    standing = mixed.inbox.standing()
    assert standing.status is InboxStatus.WAITING
    assert "A training needs the machine" in standing.words
    assert mixed.inbox.findings() == ()
    gate.opened.set()
    finish(mixed, run)
    assert WRONG in [each.image_id for each in made(mixed)]  # beside the run's own mistake


def test_a_pause_is_told(mixed: App) -> None:
    mixed.embedding.pause()
    wait_until(lambda: mixed.inbox.standing().status is InboxStatus.WAITING)
    assert mixed.inbox.standing().words == "Looking at the photos is paused."
    mixed.embedding.resume()
    assert made(mixed)
