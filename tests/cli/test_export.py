"""Writing photos and labels into a file from the shell."""

import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import Shell


@pytest.mark.parametrize("layout", ["folders", "imagefolder"])
def test_export_writes_a_zip_that_add_takes_back(
    shell: Shell, photos: Path, tmp_path: Path, layout: str
) -> None:
    shell("add", photos)
    path = tmp_path / "out.zip"
    answer = shell("export", path, "--format", layout, "--json").answer
    assert answer == {"file": str(path), "photos": 8, "lost": []}
    again = shell("add", path, "--json", workspace=tmp_path / "other").answer
    assert (again["added"], again["refused"]) == (8, [])
    classes = shell("classes", "--json", workspace=tmp_path / "other").answer["classes"]
    assert classes == shell("classes", "--json").answer["classes"]


def test_export_of_a_table(shell: Shell, photos: Path, tmp_path: Path) -> None:
    shell("add", photos)
    path = tmp_path / "labels.csv"
    assert shell("export", path, "--format", "csv").code == 0
    assert path.read_text("utf-8-sig").startswith("file,class,split,skipped,sha256\n0.png,dark,")


def test_export_overwrites_nothing(shell: Shell, photos: Path, tmp_path: Path) -> None:
    shell("add", photos)
    path = tmp_path / "mine.zip"
    path.write_text("mine")
    outcome = shell("export", path)
    assert (outcome.code, path.read_text()) == (2, "mine")
    assert "is there already" in outcome.err


def test_export_of_photos_with_a_class_only(shell: Shell, photos: Path, tmp_path: Path) -> None:
    shell("add", photos)
    shell("add", photos / "dark" / "0.png", workspace=tmp_path / "other")
    outcome = shell("export", tmp_path / "a.zip", "--only-labelled", workspace=tmp_path / "other")
    assert (outcome.code, (tmp_path / "a.zip").exists()) == (2, False)
    assert shell("export", tmp_path / "b.zip", "--only-labelled", "--exif").code == 0
    assert len(zipfile.ZipFile(tmp_path / "b.zip").namelist()) == 8 + 2  # tables


def test_export_of_a_model(trained: Shell, tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    answer = trained("export-model", 1, path, "--json").answer
    assert answer == {"file": str(path), "run": 1, "bytes": path.stat().st_size}
    assert "predict.py" in zipfile.ZipFile(path).namelist()
    again = trained("export-model", 1, path)
    assert (again.code, "is there already" in again.err) == (2, True)
