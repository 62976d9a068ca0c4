import io
import zipfile
from pathlib import Path

import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import DragonError, NotFoundError
from dragon_app.wiring import App


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
    assert "right on 75% of 4 photos" in readme
    assert "dragon_app" not in archive.read("predict.py").decode()
    assert archive.read("model.safetensors") == b"dark\nlight"  # what the fake keeps as weights


def test_a_run_without_a_model_cannot_be_packed(trained_app: App) -> None:
    with pytest.raises(NotFoundError, match="no run 9"):
        trained_app.packing.package(9)


def test_a_place_that_cannot_be_written_is_named(trained_app: App, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DragonError, match=r"file/model\.zip could not be written"):
        trained_app.packing.write(1, tmp_path / "file" / "model.zip")
