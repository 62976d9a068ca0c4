"""Who may write to a workspace, and who is told that they may not."""

from pathlib import Path

import pytest

from dragon_app import wiring
from dragon_app.core.types import Shown
from tests.cli.conftest import Shell
from tests.photos import write_photos


@pytest.mark.parametrize("command", ["add", "train"])
def test_writing_beside_an_open_page_is_refused_and_touches_nothing(
    trained: Shell, folder: Path, photos: Path, command: str
) -> None:
    write_photos(photos / "dark", [50])
    page = wiring.open_app(folder)
    before = page.workspace.images.counts()[Shown.ALL], len(page.runs.all())
    outcome = trained(command, *([photos] if command == "add" else []), "--json")
    after = page.workspace.images.counts()[Shown.ALL], len(page.runs.all())
    page.close()
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"The workspace {folder} is open in another Dragon.")
    assert outcome.err.count("\n") == 1
    assert before == after == (8, 1)


def test_reading_works_beside_an_open_page(trained: Shell, folder: Path, photos: Path) -> None:
    page = wiring.open_app(folder)
    codes = [
        trained(*command).code
        for command in (
            ["status"],
            ["classes"],
            ["runs"],
            ["predict", photos],
            ["evaluate", photos],
        )
    ]
    page.close()
    assert codes == [0] * 5


@pytest.mark.parametrize("below", ["", "below"])
def test_a_workspace_that_cannot_be_written_is_bad_input(
    shell: Shell, photos: Path, tmp_path: Path, below: str
) -> None:
    (tmp_path / "file").write_text("mine")
    outcome = shell("add", photos, "--json", workspace=tmp_path / "file" / below)
    assert (outcome.code, outcome.out) == (2, "")
    assert "Cannot write to the workspace" in outcome.err
    assert "Choose another folder with --workspace." in outcome.err
    assert (tmp_path / "file").read_text() == "mine"


def test_a_damaged_workspace_is_bad_input_and_left_as_it_is(
    shell: Shell, folder: Path, photos: Path
) -> None:
    folder.mkdir()
    (folder / "dragon.db").write_bytes(b"garbage" * 999)
    for command in (["add", photos], ["status"]):
        outcome = shell(*command)
        assert outcome.code == 2
        assert "not a database this app can read" in outcome.err
    assert (folder / "dragon.db").read_bytes() == b"garbage" * 999


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "example.org", "::", ""])
def test_serving_others_is_refused_and_touches_nothing(
    shell: Shell, folder: Path, host: str
) -> None:
    outcome = shell("serve", "--host", host, "--no-browser")
    assert (outcome.code, outcome.out) == (2, "")
    assert "there is no password yet" in outcome.err
    assert not folder.exists()


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_bad_input(shell: Shell, folder: Path, port: str) -> None:
    assert shell("serve", "--port", port).code == 2
    assert not folder.exists()
