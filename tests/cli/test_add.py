from pathlib import Path

import pytest

from tests.archives import photos as members
from tests.archives import zipped
from tests.cli.conftest import Shell
from tests.photos import photo_bytes


def test_add_counts_what_came_and_names_what_did_not(shell: Shell, photos: Path) -> None:
    (photos / "dark" / "copy.png").write_bytes(photo_bytes(0))
    (photos / "notes.txt").write_text("no photo")
    outcome = shell("add", photos, "--json")
    assert outcome.code == 0
    (refused,) = outcome.answer["refused"]
    assert (outcome.answer["added"], outcome.answer["duplicates"]) == (8, 1)
    assert refused["name"] == "notes.txt"
    assert refused["reason"].startswith("is not a picture")
    assert "notes.txt is not a picture" in outcome.err


def test_add_gives_every_photo_the_class_that_is_named(shell: Shell, photos: Path) -> None:
    shell("add", photos, "--class", "dragon")
    (only,) = shell("classes", "--json").answer["classes"]
    assert (only["name"], only["images"]) == ("dragon", 8)


def test_add_of_known_photos_is_done(shell: Shell, photos: Path) -> None:
    shell("add", photos)
    outcome = shell("add", photos, "--json")
    assert outcome.code == 0
    assert outcome.answer == {"added": 0, "duplicates": 8, "labelled": 0, "refused": []}


def test_add_where_everything_is_refused_is_bad_input(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("no photo")
    outcome = shell("add", tmp_path / "a.txt", "--json")
    assert outcome.code == 2
    assert outcome.answer["added"] == 0


@pytest.mark.parametrize("what", ["nowhere", "empty"])
def test_add_of_nothing_is_bad_input_and_makes_no_workspace(
    shell: Shell, folder: Path, tmp_path: Path, what: str
) -> None:
    (tmp_path / "empty").mkdir()
    outcome = shell("add", tmp_path / what, "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert what in outcome.err
    assert outcome.err.count("\n") == 1
    assert not folder.exists()


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x07"])
def test_add_with_a_class_that_is_none_touches_nothing(
    shell: Shell, folder: Path, photos: Path, name: str
) -> None:
    outcome = shell("add", photos, "--class", name)
    assert (outcome.code, outcome.out) == (2, "")
    assert not folder.exists()


def test_add_in_words(shell: Shell, photos: Path) -> None:
    assert shell("add", photos).out == "8 added, 0 already there, 0 refused\n"


def test_add_takes_zips_and_tables(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "set.zip").write_bytes(zipped(members("rose/1.png", "rose/2.png", "../3.png")))
    (tmp_path / "loose").mkdir()
    (tmp_path / "loose" / "4.png").write_bytes(photo_bytes(9))
    (tmp_path / "loose" / "labels.csv").write_text("file;class\n4.png;tulip\nnone.png;tulip\n")
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    paths = [tmp_path / name for name in ("set.zip", "loose", "bad.zip")]
    answer = shell("add", *paths, "--json").answer
    assert (answer["added"], answer["labelled"]) == (3, 1)
    reasons = {each["name"]: each["reason"] for each in answer["refused"]}
    assert reasons.keys() == {"../3.png", "none.png", "bad.zip"}
    classes = shell("classes", "--json").answer["classes"]
    assert [(each["name"], each["images"]) for each in classes] == [("rose", 2), ("tulip", 1)]


def test_add_of_a_zip_that_is_not_there_makes_no_workspace(
    shell: Shell, folder: Path, tmp_path: Path
) -> None:
    assert shell("add", tmp_path / "none.zip").code == 2
    assert not folder.exists()
