"""Groups of photos that look alike, the best of each first."""

import io

from PIL import Image, ImageFilter

from dragon_app.core.near import NearIndex
from dragon_app.imaging.decode import decode_bytes
from dragon_app.storage.workspace import Workspace
from dragon_app.wiring import App
from tests.photos import incoming, incoming_photos, new_image, photo_bytes


def blurred(data: bytes, radius: float) -> bytes:
    image = Image.fromarray(decode_bytes(data)).filter(ImageFilter.GaussianBlur(radius))
    file = io.BytesIO()
    image.save(file, "BMP")
    return file.getvalue()


def names(app: App) -> list[list[str]]:
    return [[app.dataset.image(image_id).name for image_id in ids] for ids in app.dataset.alike()]


def test_the_largest_comes_first_then_the_sharpest(app: App) -> None:
    large = photo_bytes(1, size=(320, 240))
    files = [
        incoming(photo_bytes(1, size=(160, 120)), "small"),
        incoming(blurred(large, 2), "blurred"),
        incoming(large, "sharp"),
        incoming(blurred(large, 4), "more blurred"),
    ]
    app.dataset.add([*files, *incoming_photos([2])])
    assert names(app) == [["sharp", "blurred", "more blurred", "small"]]


def test_photos_in_the_bin_are_in_no_group_and_come_back_into_theirs(app: App) -> None:
    app.dataset.add([incoming(photo_bytes(1, brighter=n), str(n)) for n in (0, 10, 20)])
    before = names(app)
    app.labelling.bin([1, 2])
    assert names(app) == []
    app.labelling.undo()
    assert names(app) == before


def test_the_newest_group_comes_first(workspace: Workspace) -> None:
    workspace.images.add([new_image(n, like=n % 2) for n in range(4)], NearIndex())
    assert workspace.images.alike() == [[2, 4], [1, 3]]
