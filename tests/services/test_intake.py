import os
from pathlib import Path

import pytest

from dragon_app.core.errors import BadImageError, NotFoundError
from dragon_app.core.types import Split
from dragon_app.services.intake import IncomingFile, place, scan


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def found(*paths: Path) -> list[tuple[str, str | None, Split | None]]:
    return [(file.name, file.class_name, file.split) for file in scan(paths)]


def refusal(file: IncomingFile) -> str:
    with pytest.raises(BadImageError) as error:
        file.read()
    return str(error.value)


def test_a_file_has_no_class(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg")
    assert found(tmp_path / "a.jpg") == [("a.jpg", None, None)]


def test_a_file_is_read_and_its_size_known(tmp_path: Path) -> None:
    touch(tmp_path, "a.jpg")
    (file,) = scan([tmp_path])
    assert (file.read(), file.size_bytes) == (b"a.jpg", 5)


def test_the_first_level_of_a_folder_names_the_class(tmp_path: Path) -> None:
    touch(tmp_path, "loose.jpg", "dragon/1.jpg", "knight/2.jpg", "knight/day/3.jpg")
    assert found(tmp_path) == [
        ("loose.jpg", None, None),
        ("1.jpg", "dragon", None),
        ("2.jpg", "knight", None),
        ("3.jpg", "knight", None),
    ]


def test_train_val_and_test_are_parts(tmp_path: Path) -> None:
    touch(tmp_path, "train/dragon/1", "val/dragon/2", "test/knight/3", "train/4")
    assert found(tmp_path) == [
        ("3", "knight", Split.TEST),
        ("4", None, Split.TRAIN),
        ("1", "dragon", Split.TRAIN),
        ("2", "dragon", Split.VAL),
    ]


@pytest.mark.parametrize("names", [("Training", "Validation"), ("TRAIN", "Valid")])
def test_parts_may_be_written_in_other_ways(tmp_path: Path, names: tuple[str, str]) -> None:
    touch(tmp_path, f"{names[0]}/dragon/1", f"{names[1]}/dragon/2")
    assert {split for _, _, split in found(tmp_path)} == {Split.TRAIN, Split.VAL}


def test_a_lone_train_is_a_class(tmp_path: Path) -> None:
    touch(tmp_path, "train/1.jpg", "bus/2.jpg")
    assert found(tmp_path) == [("2.jpg", "bus", None), ("1.jpg", "train", None)]


def test_val_and_test_without_train_are_classes(tmp_path: Path) -> None:
    touch(tmp_path, "val/1", "test/2")
    assert found(tmp_path) == [("2", "test", None), ("1", "val", None)]


def test_train_and_test_without_val_leaves_a_part_to_choose(tmp_path: Path) -> None:
    touch(tmp_path, "train/dragon/1", "test/dragon/2")
    assert found(tmp_path) == [("2", "dragon", Split.TEST), ("1", "dragon", None)]


def test_a_level_by_itself_is_a_folder_of_classes(tmp_path: Path) -> None:
    touch(tmp_path, "train/dragon/1", "val/dragon/2")
    assert found(tmp_path / "train") == [("1", "dragon", None)]


def test_hidden_files_and_folders_are_skipped(tmp_path: Path) -> None:
    touch(tmp_path, ".DS_Store", "dragon/.hidden.jpg", ".git/x.jpg", "dragon/1.jpg")
    assert found(tmp_path) == [("1.jpg", "dragon", None)]


def test_a_hidden_train_is_no_part(tmp_path: Path) -> None:
    touch(tmp_path, ".train/dragon/1", "val/2")
    assert found(tmp_path) == [("2", "val", None)]


def test_every_visible_file_is_tried_whatever_its_suffix(tmp_path: Path) -> None:
    touch(tmp_path, "a.txt", "b", "c.JPG", "d.jpg.bak")
    assert [name for name, _, _ in found(tmp_path)] == ["a.txt", "b", "c.JPG", "d.jpg.bak"]


def test_a_hidden_file_that_is_asked_for_is_tried(tmp_path: Path) -> None:
    touch(tmp_path, ".a.jpg")
    assert found(tmp_path / ".a.jpg") == [(".a.jpg", None, None)]


def test_a_broken_link_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere")
    (file,) = scan([tmp_path])
    assert (file.name, refusal(file)) == ("gone.jpg", "does not exist")


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (file,) = scan([tmp_path])
    assert refusal(file) == "is not a file"


def test_a_linked_class_folder_is_followed(tmp_path: Path) -> None:
    touch(tmp_path / "elsewhere", "1.jpg")
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "dragon").symlink_to(tmp_path / "elsewhere")
    assert found(tmp_path / "set") == [("1.jpg", "dragon", None)]


def test_links_that_lead_in_a_circle_end(tmp_path: Path) -> None:
    touch(tmp_path, "dragon/1.jpg")
    (tmp_path / "dragon" / "again").symlink_to(tmp_path)
    assert found(tmp_path) == [("1.jpg", "dragon", None)]


def test_a_folder_that_cannot_be_opened_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touch(tmp_path, "dragon/1.jpg", "locked/2.jpg")
    scandir = os.scandir

    def guarded(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    *_, locked = scan([tmp_path])
    assert locked.name == "locked"
    assert refusal(locked) == "is a folder that cannot be opened: Permission denied"


def test_a_name_of_broken_bytes_can_be_stored(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.jpg")).write_bytes(b"x")
    (file,) = scan([tmp_path])
    assert file.name == "caf\ufffd.jpg"
    assert file.read() == b"x"


@pytest.mark.parametrize("name", ["none", "x" * 300])
def test_a_path_that_does_not_exist_is_not_found(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFoundError, match=name[:20]):
        scan([tmp_path / name])


def test_an_empty_folder_holds_nothing(tmp_path: Path) -> None:
    assert scan([tmp_path]) == []


def test_a_file_in_no_folder_has_no_place() -> None:
    assert place([], ["train", "val"]) == (None, None)


def test_a_folder_beside_the_parts_is_a_class() -> None:
    assert place(["extra", "dragon"], ["train", "val", "extra"]) == ("extra", None)


def test_a_folder_of_photos_without_a_class_is_none() -> None:
    assert place(["Unlabelled"], ["rose", "Unlabelled"]) == (None, None)
    assert place(["train", "unlabelled"], ["train", "val"]) == (None, Split.TRAIN)
