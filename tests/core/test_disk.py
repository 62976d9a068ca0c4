import os
from pathlib import Path

import pytest

from dragon_app.core.disk import folder_size_bytes, write_file


def test_a_file_is_written_with_the_folders_above_it(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / "b" / "c.bin", b"data")
    assert (tmp_path / "a" / "b" / "c.bin").read_bytes() == b"data"


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    write_file(tmp_path / "x", b"a long content")
    write_file(tmp_path / "x", b"short")
    assert (tmp_path / "x").read_bytes() == b"short"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_failed_write_leaves_the_old_file_and_no_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_file(tmp_path / "x", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_file(tmp_path / "x", b"new")
    assert (tmp_path / "x").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_the_content_is_synced_before_the_name_appears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    was_there: list[bool] = []
    sync = os.fsync

    def noting(handle: int) -> None:
        was_there.append((tmp_path / "x").exists())
        sync(handle)

    monkeypatch.setattr(os, "fsync", noting)
    write_file(tmp_path / "x", b"data")
    assert was_there == [False, True]  # the file, then the folder


def test_the_size_of_a_folder_counts_all_files_below(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / "b", b"123")
    write_file(tmp_path / "c", b"45")
    assert folder_size_bytes(tmp_path) == 5


def test_a_folder_that_is_not_there_has_no_size(tmp_path: Path) -> None:
    assert folder_size_bytes(tmp_path / "none") == 0
