import io
import shutil
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import DragonError, NotFoundError, WeightsError
from dragon_app.core.portable import Portable
from dragon_app.wiring import App
from tests.fakes import FakeVision
from tests.told import finetune_result


@pytest.fixture
def trained_app(ready_app: App) -> App:
    """The app with run 1."""
    ready_app.runs.wait(ready_app.runs.start(FinetuneConfig()).id, poll_s=0.005)
    return ready_app


def test_a_package_holds_all_that_is_needed_and_says_what_it_is(trained_app: App) -> None:
    package = trained_app.packing.package(1)
    assert package.file_name == "workspace-run-1.zip"
    archive = zipfile.ZipFile(io.BytesIO(b"".join(package.pieces())))
    assert set(archive.namelist()) == {
        "README.txt", "requirements.txt", "model.json", "model.safetensors", "predict.py",
    }  # fmt: skip
    readme = archive.read("README.txt").decode()
    assert "It tells apart: dark, light." in readme
    assert "right on 75 % of 4 photos" in readme
    assert "dragon_app" not in archive.read("predict.py").decode()
    assert archive.read("model.safetensors") == b"dark\nlight"  # what the fake keeps as weights


def replace_best(app: App) -> None:
    """Let run 1 save a better checkpoint and remove the one before, as a training does."""
    store = app.workspace.runs
    before = app.workspace.folder / store.checkpoint_folder(1)
    better = before.with_name("best-0009")
    shutil.copytree(before, better)
    result = finetune_result(better)
    store.add_checkpoint(1, result, folder=better.relative_to(app.workspace.folder).as_posix())
    shutil.rmtree(before)


def test_a_download_goes_on_when_a_better_checkpoint_takes_the_place(trained_app: App) -> None:
    package = trained_app.packing.package(1)
    replace_best(trained_app)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(package.pieces())))
    assert archive.read("model.safetensors") == b"dark\nlight"
    assert archive.testzip() is None


def test_a_checkpoint_replaced_while_it_is_checked_is_not_called_damaged(
    trained_app: App, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    check, asked = vision.portable, []

    def find_it_gone(folder: Path, *, temperature: float) -> Portable:
        asked.append(folder.name)
        if len(asked) == 1:
            replace_best(trained_app)
            raise WeightsError("The checkpoint file is missing or damaged.")
        return check(folder, temperature=temperature)

    monkeypatch.setattr(vision, "portable", find_it_gone)
    with closing(trained_app.packing.package(1)) as package:
        assert package.weights.read() == b"dark\nlight"
    assert asked == ["best", "best-0009"]


def test_what_is_told_of_a_model_is_of_one_checkpoint(
    trained_app: App, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    check, asked = vision.portable, []

    def replace_it_after(folder: Path, *, temperature: float) -> Portable:
        asked.append(folder.name)
        found = check(folder, temperature=temperature)
        if len(asked) == 1:
            replace_best(trained_app)
        return found

    monkeypatch.setattr(vision, "portable", replace_it_after)
    trained_app.packing.package(1).close()
    assert asked == ["best", "best-0009"]


def test_a_run_whose_only_checkpoint_is_gone_is_told(trained_app: App) -> None:
    shutil.rmtree(trained_app.workspace.folder / trained_app.workspace.runs.checkpoint_folder(1))
    with pytest.raises(WeightsError, match="cannot be opened"):
        trained_app.packing.package(1)


def test_a_run_without_a_model_cannot_be_packed(trained_app: App) -> None:
    with pytest.raises(NotFoundError, match="no run 9"):
        trained_app.packing.package(9)


def test_a_place_that_cannot_be_written_is_named(trained_app: App, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DragonError, match=r"file/model\.zip could not be written"):
        trained_app.packing.write(1, tmp_path / "file" / "model.zip")
