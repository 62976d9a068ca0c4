"""Tables that label photos which are here, and zips in the background."""

import uuid
from pathlib import Path

import pytest

from dragon_app.core.errors import DragonError, NotFoundError, TableError
from dragon_app.services.tables import Labelled
from dragon_app.wiring import App
from tests.archives import photos, zipped
from tests.conftest import wait_until
from tests.photos import incoming, incoming_photos, photo_bytes
from tests.services.test_archives import classes_of


def label(app: App, table: str) -> Labelled:
    return app.importing.label_by_table(table.encode(), "labels.csv", batch=uuid.uuid4().hex)


def test_a_table_labels_photos_by_name_and_one_undo_takes_all_back(app: App) -> None:
    app.dataset.add(incoming_photos(range(4)))
    done = label(app, "file,class\n0.png,rose\nsome/folder/1.png,tulip\n2.png,rose\n")
    assert (done.labelled, done.refused) == (3, ())
    assert classes_of(app) == {"0.png": "rose", "1.png": "tulip", "2.png": "rose", "3.png": None}
    app.labelling.undo()
    assert set(classes_of(app).values()) == {None}


def test_a_second_reading_of_a_table_changes_nothing(app: App) -> None:
    app.dataset.add(incoming_photos(range(2)))
    table = "0.png,rose\n1.png,tulip\n"
    label(app, table)
    assert label(app, table) == Labelled(labelled=0, had_it=2, refused=())


def test_what_cannot_be_followed_is_listed_and_nothing_is_guessed(app: App) -> None:
    app.dataset.add(incoming_photos([1], "tulip"))
    app.dataset.add([incoming(photo_bytes(7), "twice.png"), incoming(photo_bytes(8), "twice.png")])
    app.dataset.add(incoming_photos([2, 3]))
    done = label(
        app, f"gone.png,rose\n1.png,rose\ntwice.png,rose\n2.png,a\n2.png,b\n3.png,{'x' * 90}\n"
    )
    reasons = {each.name: each.reason for each in done.refused}
    assert done.labelled == 0
    assert reasons["gone.png"] == "is named in labels.csv and is not here"
    assert reasons["1.png"] == "is tulip already; the table says rose"
    assert reasons["twice.png"] == "is the name of 2 photos: which is meant?"
    assert "two classes" in reasons["2.png"]
    assert "cannot have that class" in reasons["3.png"]


def test_a_table_without_classes_is_refused(app: App) -> None:
    with pytest.raises(TableError, match="no column that says the class"):
        label(app, "file_name,caption\n0.png,a dog\n")


def test_a_zip_comes_in_beside_other_work_and_is_removed(app: App, tmp_path: Path) -> None:
    path = tmp_path / "sent.zip"
    path.write_bytes(zipped(photos("rose/1.png", "rose/2.png")))
    started = app.importing.start(path, name="my set.zip")
    wait_until(lambda: app.importing.progress(started.id).is_over)
    ended = app.importing.progress(started.id)
    assert (ended.problem, ended.done, ended.total) == ("", 2, 2)
    assert (ended.result.added, path.exists()) == (2, False)
    with pytest.raises(NotFoundError):
        app.importing.progress(started.id + 1)


def test_a_zip_that_is_refused_says_why(app: App, tmp_path: Path) -> None:
    path = tmp_path / "sent.zip"
    path.write_bytes(b"no zip")
    started = app.importing.start(path, name="my set.zip")
    wait_until(lambda: app.importing.progress(started.id).is_over)
    assert app.importing.progress(started.id).problem.startswith("is not a zip")


def test_one_zip_at_a_time(app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [tmp_path / "a.zip", tmp_path / "b.zip"]
    for path in paths:
        path.write_bytes(zipped(photos("1.png")))
    with app.dataset._adding:  # the first one waits here
        started = app.importing.start(paths[0], name="a.zip")
        with pytest.raises(DragonError, match="being added already"):
            app.importing.start(paths[1], name="b.zip")
    wait_until(lambda: app.importing.progress(started.id).is_over)
    assert app.importing.start(paths[1], name="b.zip").id == started.id + 1


def test_stop_ends_between_two_batches_and_keeps_what_is_in(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dragon_app.services.importing._BATCH", 2)
    path = tmp_path / "a.zip"
    path.write_bytes(zipped(photos(*(f"{i}.png" for i in range(6)))))
    dones: list[int] = []
    result = app.importing.add_archive(
        path, report=lambda done, *_: dones.append(done), should_stop=lambda: sum(dones) > 0
    )
    assert (result.added, dones) == (2, [0, 2])
