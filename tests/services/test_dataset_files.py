"""The files of photos: room for them, thumbnails and previews, and files that are gone."""

import shutil
from collections import namedtuple

import pytest

from dragon_app.core.errors import NotFoundError, WorkspaceError
from dragon_app.imaging.decode import decode_file
from dragon_app.wiring import App
from tests.photos import incoming, incoming_photos, photo_bytes


def test_space_is_checked_before_anything_is_added(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12, 150_000_000))
    with pytest.raises(WorkspaceError, match=r"0\.1 GB are free .* None of these was added"):
        app.dataset.add(incoming_photos([1]))
    assert app.dataset.summary().total == 0


def test_a_disk_that_fills_up_is_said_in_words_and_leaves_no_row(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dragon_app.storage.blobs.write_file", full)
    with pytest.raises(WorkspaceError, match="No space left"):
        app.dataset.add(incoming_photos([1]))
    assert app.dataset.summary().total == 0


def test_a_failed_add_does_not_spoil_the_next(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        original = type(app.workspace.images).add

        def broken(self: object, images: object, index: object) -> list[int]:
            original(self, images, index)  # type: ignore[arg-type]
            raise WorkspaceError("The disk is full.")

        patch.setattr(type(app.workspace.images), "add", broken)
        with pytest.raises(WorkspaceError):
            app.dataset.add(incoming_photos([1]))
    assert app.dataset.add(incoming_photos([2])).added == 1


def test_a_thumbnail_is_small(app: App) -> None:
    (image_id,) = app.dataset.add([incoming(photo_bytes(1, size=(600, 300)))]).image_ids
    assert decode_file(app.dataset.thumbnail_file(image_id)).shape == (128, 256, 3)


def test_a_thumbnail_that_is_gone_is_made_again(app: App) -> None:
    (image_id,) = app.dataset.add(incoming_photos([1])).image_ids
    path = app.dataset.thumbnail_file(image_id)
    before = path.read_bytes()
    path.unlink()
    assert app.dataset.thumbnail_file(image_id).read_bytes() == before


def test_a_photo_whose_file_is_gone_is_said_in_words(app: App) -> None:
    (image_id,) = app.dataset.add(incoming_photos([1])).image_ids
    app.dataset.photo_file(image_id).unlink()
    app.workspace.blobs.thumbnail_path(app.dataset.image(image_id).digest).unlink()
    for ask in (app.dataset.photo_file, app.dataset.thumbnail_file, app.dataset.preview):
        with pytest.raises(NotFoundError, match=f"file of photo {image_id} is gone"):
            ask(image_id)


def test_a_photo_whose_file_is_gone_comes_back_when_added_again(app: App) -> None:
    (image_id,) = app.dataset.add(incoming_photos([1])).image_ids
    app.dataset.photo_file(image_id).unlink()
    app.dataset.add(incoming_photos([1]))
    assert app.dataset.photo_file(image_id).read_bytes() == photo_bytes(1)


def test_a_preview_shows_the_photo_upright_and_plain(app: App) -> None:
    (image_id,) = app.dataset.add(incoming_photos([1])).image_ids
    assert app.dataset.preview(image_id)[8:12] == b"WEBP"
