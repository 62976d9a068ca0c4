import os
from pathlib import Path

import pytest

from dragon_app.core import disk
from dragon_app.core.errors import WorkspaceError
from dragon_app.storage.blobs import Blobs

DIGEST = "ab" * 32


def test_bytes_lie_under_their_digest(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    blobs.put(b"photo", DIGEST)
    assert blobs.path(DIGEST).read_bytes() == b"photo"
    assert blobs.path(DIGEST) == tmp_path / "photos" / "ab" / DIGEST


def test_a_blob_appears_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blobs = Blobs(tmp_path)

    def crash(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", crash)
    with pytest.raises(WorkspaceError, match="could not be written"):
        blobs.put(b"photo", DIGEST)
    assert not blobs.path(DIGEST).exists()


def test_a_full_disk_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dragon_app.storage.blobs.write_file", full)
    with pytest.raises(WorkspaceError, match=r"No space left on device.*Free some disk space"):
        Blobs(tmp_path).put(b"photo", DIGEST)
    with pytest.raises(WorkspaceError, match="No space left on device"):
        Blobs(tmp_path).put_thumbnail(DIGEST, b"small")


def test_known_bytes_are_not_written_again(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    blobs.put(b"photo", DIGEST)
    before = blobs.path(DIGEST).stat()
    blobs.put(b"photo", DIGEST)
    assert blobs.path(DIGEST).stat().st_ino == before.st_ino


def test_a_blob_that_was_cut_short_is_written_again(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    blobs.put(b"photo", DIGEST)
    blobs.path(DIGEST).write_bytes(b"ph")
    blobs.put(b"photo", DIGEST)
    assert blobs.path(DIGEST).read_bytes() == b"photo"


def test_known_bytes_are_durable_before_they_are_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = Blobs(tmp_path)
    blobs.put(b"photo", DIGEST)
    synced: list[Path] = []
    monkeypatch.setattr("dragon_app.storage.blobs.sync_folder", synced.append)
    blobs.put(b"photo", DIGEST)
    assert synced == [blobs.path(DIGEST).parent]


def test_every_new_folder_is_synced_in_the_one_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr(disk, "sync_folder", synced.append)
    Blobs(tmp_path).put(b"photo", DIGEST)
    assert synced == [tmp_path, tmp_path / "photos", tmp_path / "photos" / "ab"]


def test_thumbnails_lie_apart_from_photos(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path)
    blobs.put_thumbnail(DIGEST, b"small")
    assert blobs.thumbnail_path(DIGEST).read_bytes() == b"small"
    assert not blobs.path(DIGEST).exists()
