from pathlib import Path

import pytest

from dragon_app.services.recent import recent_workspaces, remember


def make(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "dragon.db").touch()
    return folder


def test_the_latest_comes_first_and_once(tmp_path: Path) -> None:
    file = tmp_path / "recent.json"
    a, b = make(tmp_path / "a"), make(tmp_path / "b")
    for folder in (a, b, a):
        remember(file, folder)
    assert recent_workspaces(file) == [a, b]


def test_folders_that_are_gone_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "recent.json"
    remember(file, tmp_path / "gone")
    assert recent_workspaces(file) == []


def test_eight_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "recent.json"
    for n in range(10):
        remember(file, make(tmp_path / str(n)))
    assert [folder.name for folder in recent_workspaces(file)] == list("98765432")


@pytest.mark.parametrize("content", ["", "{", "3", "[1, null]", "\x00"])
def test_a_damaged_list_is_an_empty_one(tmp_path: Path, content: str) -> None:
    file = tmp_path / "recent.json"
    file.write_text(content)
    assert recent_workspaces(file) == []
    folder = make(tmp_path / "a")
    remember(file, folder)
    assert recent_workspaces(file) == [folder]


def test_a_list_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    remember(tmp_path / "file" / "recent.json", tmp_path)
    assert recent_workspaces(tmp_path / "file" / "recent.json") == []
