"""Photos of folders and of the packed set become one array with their classes."""

from pathlib import Path

import pytest
from starter_data import open_photos

from dragon_app.core.errors import DragonError


def test_class_folders_become_square_photos_with_their_classes(
    class_folders: Path, tmp_path: Path
) -> None:
    photos = open_photos(class_folders, tmp_path / "cache", side_px=24)
    assert photos.pixels.shape == (36, 3, 24, 24)
    assert photos.class_names == ("blue", "green", "red")
    strongest = [int(pixels.mean((1, 2)).argmax()) for pixels in photos.pixels]
    assert [(2, 1, 0)[target] for target in photos.targets.tolist()] == strongest


def test_the_packed_set_is_read_as_its_readme_says(packed: Path, tmp_path: Path) -> None:
    photos = open_photos(packed, tmp_path / "cache", side_px=24)
    assert photos.targets.tolist() == [0, 1] * 5
    strongest = [int(pixels.mean((1, 2)).argmax()) for pixels in photos.pixels]
    assert strongest == [0, 2] * 5


def test_photos_are_decoded_once(class_folders: Path, tmp_path: Path) -> None:
    open_photos(class_folders, tmp_path / "cache", side_px=24)
    before = (tmp_path / "cache" / "photos-24.npy").stat().st_mtime_ns
    open_photos(class_folders, tmp_path / "cache", side_px=24)
    assert (tmp_path / "cache" / "photos-24.npy").stat().st_mtime_ns == before


def test_no_photo_is_both_trained_on_and_held_out(packed: Path, tmp_path: Path) -> None:
    photos = open_photos(packed, tmp_path / "cache", side_px=24)
    training, held_out = photos.training().tolist(), photos.held_out().tolist()
    assert sorted(training + held_out) == list(range(10))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DragonError, match="no photos"):
        open_photos(tmp_path, tmp_path / "cache")
