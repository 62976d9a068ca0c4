import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dragon_app.core.errors import WorkspaceError
from dragon_app.core.types import Shown
from dragon_app.storage.database import Database
from dragon_app.storage.workspace import Workspace, open_for_reading, open_workspace
from tests.conftest import add_rows


def test_opening_makes_the_folder_and_those_above(tmp_path: Path) -> None:
    workspace = open_workspace(tmp_path / "a" / "b")
    workspace.close()
    assert (tmp_path / "a" / "b" / "dragon.db").is_file()


def test_a_second_open_is_refused_in_words_and_touches_nothing(workspace: Workspace) -> None:
    add_rows(workspace, 2)
    (workspace.uploads_folder / "coming").write_text("in")
    before = (workspace.folder / "dragon.db").read_bytes()
    with pytest.raises(WorkspaceError, match="is open in another Dragon"):
        open_workspace(workspace.folder)
    assert (workspace.folder / "dragon.db").read_bytes() == before
    assert (workspace.uploads_folder / "coming").read_text() == "in"


def test_another_process_is_refused_too(workspace: Workspace) -> None:
    code = (
        "import sys; from pathlib import Path; "
        "from dragon_app.storage.workspace import open_workspace; "
        "open_workspace(Path(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, workspace.folder], capture_output=True, text=True, check=False
    )
    assert "is open in another Dragon" in done.stderr


def test_a_closed_workspace_can_be_opened_again(folder: Path) -> None:
    open_workspace(folder).close()
    open_workspace(folder).close()


def test_another_thread_can_close_the_workspace(folder: Path) -> None:
    workspace = open_workspace(folder)
    thread = threading.Thread(target=workspace.close)
    thread.start()
    thread.join()
    open_workspace(folder).close()


def test_a_workspace_that_could_not_be_opened_is_not_held(folder: Path) -> None:
    folder.mkdir()
    (folder / "dragon.db").write_bytes(b"no database" * 1000)
    with pytest.raises(WorkspaceError):
        open_workspace(folder)
    (folder / "dragon.db").unlink()
    open_workspace(folder).close()


def test_reading_goes_on_beside_a_writer(workspace: Workspace) -> None:
    reader = open_for_reading(workspace.folder)
    add_rows(workspace, 3)
    assert reader.images.counts()[Shown.ALL] == 3


def test_reading_works_while_a_change_is_being_made(workspace: Workspace) -> None:
    add_rows(workspace, 3)
    with Database(workspace.folder / "dragon.db").writing() as db:
        db.execute("update images set name = 'x'")
        assert open_for_reading(workspace.folder).images.counts()[Shown.ALL] == 3


def test_a_reader_cannot_write(workspace: Workspace) -> None:
    reader = open_for_reading(workspace.folder)
    with pytest.raises(WorkspaceError, match="reading only"):
        reader.classes.create("dragon")


def test_reading_where_there_is_no_workspace_makes_none(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="There is no workspace"):
        open_for_reading(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["file", "file/below"])
def test_a_folder_that_cannot_be_made_is_refused_in_words(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(WorkspaceError, match=r"Cannot write to the workspace .* Choose another"):
        open_workspace(tmp_path / name)
    assert (tmp_path / "file").read_text() == "mine"


def test_left_over_uploads_are_thrown_away_at_the_next_start(folder: Path) -> None:
    workspace = open_workspace(folder)
    (workspace.uploads_folder / "half").write_text("a photo")
    workspace.close()
    workspace = open_workspace(folder)
    workspace.close()
    assert list(workspace.uploads_folder.iterdir()) == []


def test_an_uploads_folder_that_cannot_be_made_is_refused_in_words(folder: Path) -> None:
    folder.mkdir()
    (folder / "uploads").write_text("a file in its place")
    with pytest.raises(WorkspaceError, match="Cannot write to the workspace"):
        open_workspace(folder)


def test_uploads_that_are_not_ours_are_kept(tmp_path: Path) -> None:
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / "mine.txt").write_text("mine")
    with pytest.raises(WorkspaceError, match="holds other files"):
        open_workspace(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["uploads"]
    assert (tmp_path / "uploads" / "mine.txt").read_text() == "mine"


def test_a_folder_with_other_files_beside_can_become_a_workspace(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    open_workspace(tmp_path).close()
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_only_a_workspace_that_nobody_holds_is_abandoned(folder: Path) -> None:
    workspace = open_workspace(folder)
    reader = open_for_reading(folder)
    assert not reader.is_abandoned()
    assert not workspace.is_abandoned()
    workspace.close()
    assert reader.is_abandoned()
    open_workspace(folder).close()  # looking did not hold it
