"""Photos of the dataset as training will see them."""

import io

import pytest
from PIL import Image

from dragon_app.core.config import Augment, FinetuneConfig
from dragon_app.core.errors import BadImageError, NotEnoughImagesError
from dragon_app.services.previewing import preview
from dragon_app.wiring import App
from tests.fakes import FakeVision

LIGHT = FinetuneConfig(augment=Augment.LIGHT)


def test_photos_of_all_classes_are_shown_as_pictures(ready_app: App, vision: FakeVision) -> None:
    shown = preview(ready_app.workspace, vision, LIGHT)
    classes = [ready_app.dataset.image(each.image_id).class_id for each in shown]
    assert len(shown) == 4
    assert len(set(classes[:2])) == 2
    assert shown[0].name.endswith(".png")
    for each in shown:
        pictures = [Image.open(io.BytesIO(data)) for data in (each.plain, *each.varied)]
        assert [picture.format for picture in pictures] == ["WEBP"] * 5


def test_each_turn_shows_others_and_then_the_first_again(
    ready_app: App, vision: FakeVision
) -> None:
    ids = [
        [each.image_id for each in preview(ready_app.workspace, vision, LIGHT, turn=turn)]
        for turn in range(4)
    ]
    assert set(ids[0]) != set(ids[1])
    assert ids[0] == ids[3]  # six photos are learned from: twelve places are two rounds


def test_an_empty_dataset_is_said_in_words(app: App, vision: FakeVision) -> None:
    with pytest.raises(NotEnoughImagesError, match="Add photos in Label"):
        preview(app.workspace, vision, LIGHT)


def test_a_photo_that_cannot_be_read_is_said_in_words(
    ready_app: App, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    def see(*_: object) -> None:
        raise BadImageError("ends too early: the file is cut off")

    monkeypatch.setattr(vision, "see", see)
    with pytest.raises(BadImageError, match=r"no longer be read: it ends too early.*Show others"):
        preview(ready_app.workspace, vision, LIGHT)
