"""Where runs stand, and which files of theirs stay."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dragon_app.core.training import Run, SavedStanding
from dragon_app.storage.standings import is_whole
from dragon_app.storage.workspace import Workspace
from tests.told import finetune_result

Save = Callable[..., SavedStanding]


@pytest.fixture
def run(workspace: Workspace) -> Run:
    return workspace.runs.create("{}", workspace.snapshots.take().id)


@pytest.fixture
def save(workspace: Workspace, run: Run) -> Save:
    """Save a standing of the run with the best checkpoint of an epoch."""

    def saved(epoch: int, *, best: int) -> SavedStanding:
        folder = workspace.run_folder(run.id)
        (folder / f"best-{best:04d}").mkdir(parents=True, exist_ok=True)
        data = f"epoch {epoch}".encode()
        standing = SavedStanding(
            file=folder / f"standing-{epoch:04d}",
            digest=hashlib.sha256(data).hexdigest(),
            epoch=epoch,
            steps=3,
            best=folder / f"best-{best:04d}",
        )
        standing.file.write_bytes(data)
        workspace.standings.add(run.id, standing)
        return standing

    return saved


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_standings_come_back_newest_first(workspace: Workspace, run: Run, save: Save) -> None:
    first, second = save(1, best=1), save(2, best=1)
    assert workspace.standings.of_run(run.id) == [second, first]
    assert workspace.runs.get(run.id).standing_epoch == 2
    workspace.standings.drop(second)
    assert workspace.standings.of_run(run.id) == [first]


def test_the_last_two_stay_with_their_best_and_the_one_that_answers(
    workspace: Workspace, run: Run, save: Save
) -> None:
    folder = workspace.run_folder(run.id)
    for epoch, best in ((1, 1), (2, 2), (3, 2), (4, 4)):
        save(epoch, best=best)
    (folder / "best-0005").mkdir()
    answering = replace(finetune_result(folder / "best-0005"), best_epoch=5)
    workspace.runs.add_checkpoint(run.id, answering, folder=f"runs/{run.id}/best-0005")
    (folder / "best-0006").mkdir()  # a kill came before its row
    (folder / ".standing-0005.draft").touch()
    (folder / "notes.txt").touch()
    workspace.standings.tidy(run.id, folder)
    assert names(folder) == [
        "best-0002", "best-0004", "best-0005", "notes.txt", "standing-0003", "standing-0004",
    ]  # fmt: skip
    workspace.standings.tidy(run.id, folder, keep=1)
    assert names(folder) == ["best-0004", "best-0005", "notes.txt", "standing-0004"]


def test_a_standing_is_whole_as_it_was_saved(save: Save) -> None:
    standing = save(1, best=1)
    assert is_whole(standing)
    standing.file.write_bytes(b"epoch 2")
    assert not is_whole(standing)
    standing.file.unlink()
    assert not is_whole(standing)


def test_a_standing_without_its_best_checkpoint_is_not_whole(save: Save) -> None:
    standing = save(1, best=1)
    assert standing.best is not None
    standing.best.rmdir()
    assert not is_whole(standing)
    assert is_whole(replace(standing, best=None))
