"""The drill has to see a loss, or its silence says nothing."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from dragon_app.storage.blobs import Blobs
from dragon_app.wiring import open_app
from tests.integration.drill import Confirmed, check
from tests.photos import incoming_photos

Damage = Callable[[Path, Confirmed], object]


@pytest.fixture
def confirmed(folder: Path) -> Confirmed:
    """What a client knows of three photos of one class in a closed workspace."""
    app = open_app(folder)
    ids = app.dataset.add(incoming_photos(range(3)), class_name="dragon").image_ids
    (dragon,) = app.labelling.classes()
    known = Confirmed(
        digests={image_id: app.dataset.image(image_id).digest for image_id in ids},
        classes=dict.fromkeys(ids, dragon.id),
        names={dragon.id: "dragon"},
    )
    app.close()
    return known


def execute(folder: Path, sql: str) -> None:
    connection = sqlite3.connect(folder / "dragon.db")
    with connection:
        connection.execute(sql)
    connection.close()


def photo(folder: Path, confirmed: Confirmed) -> Path:
    return Blobs(folder).path(confirmed.digests[1])


def test_a_workspace_as_it_was_left_passes(folder: Path, confirmed: Confirmed) -> None:
    assert check(folder, confirmed) == 3


def test_a_label_that_was_under_way_may_be_in_or_not(folder: Path, confirmed: Confirmed) -> None:
    confirmed.asked = {1: confirmed.classes.pop(1), 2: 99}
    assert check(folder, confirmed) == 3


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder, _: execute(folder, "update images set class_id = null where id = 1"),
        lambda folder, _: execute(folder, "update events set after = '9' where image_id = 1"),
        lambda folder, _: execute(folder, "update classes set deleted_at = 'now'"),
        lambda folder, confirmed: photo(folder, confirmed).write_bytes(b"half"),
        lambda _, confirmed: confirmed.digests.update({1: "0" * 64}),
        lambda _, confirmed: confirmed.classes.update({1: 99}),
    ],
)
def test_a_loss_is_seen(folder: Path, confirmed: Confirmed, damage: Damage) -> None:
    damage(folder, confirmed)
    with pytest.raises(AssertionError):
        check(folder, confirmed)


def test_a_photo_that_is_gone_is_seen(folder: Path, confirmed: Confirmed) -> None:
    confirmed.digests[4] = "0" * 64
    with pytest.raises(AssertionError, match="photo 4 is missing"):
        check(folder, confirmed)


def test_a_file_that_is_gone_is_seen(folder: Path, confirmed: Confirmed) -> None:
    photo(folder, confirmed).unlink()
    with pytest.raises(AssertionError, match="is missing"):
        check(folder, confirmed)
