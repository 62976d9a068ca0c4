"""Photos as training will see them."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch

from dragon_app.core.config import Augment, FinetuneConfig, Freeze, Optimizer, WeightsSource
from dragon_app.core.errors import BadImageError, InvalidConfigError
from dragon_app.core.training import TrainingPhotos
from dragon_app.imaging.decode import decode_file
from dragon_app.vision.augmentation import chances, train_views
from dragon_app.vision.preview import see
from dragon_app.vision.start import would_read_as
from dragon_app.vision.transforms import compact

MakePhotos = Callable[..., TrainingPhotos]


@pytest.fixture
def varied(small: FinetuneConfig) -> FinetuneConfig:
    return replace(small, augment=Augment.STRONG, freeze=Freeze.BACKBONE)


def test_it_shows_what_training_sees_pixel_by_pixel(
    varied: FinetuneConfig, make_photos: MakePhotos
) -> None:
    photos = make_photos().train[:3]
    transform = would_read_as(varied.weights, varied.backbone, None, varied.image_size_px)
    views = train_views(
        [
            compact(decode_file(photo.path, shortest_px=transform.resize_px), transform)
            for photo in photos
        ],
        transform,
        varied.augment,
        chance=chances([photo.digest for photo in photos], "strong-1"),
        device=torch.device("cpu"),
    )
    seen = see(varied, photos)
    assert [len(each.varied) for each in seen] == [4, 4, 4]
    mean, std = (np.array(each)[:, None, None] for each in (transform.mean, transform.std))
    for each, view in zip(seen, views.numpy(), strict=True):
        expected = (view * std + mean).transpose(1, 2, 0) * 255
        assert each.varied[1].dtype == np.uint8
        assert np.abs(each.varied[1] - expected).max() <= 0.51
        assert not any(np.array_equal(each.plain, other) for other in each.varied)


def test_where_left_and_right_matter_the_mirrored_ones_turn_back(
    varied: FinetuneConfig, make_photos: MakePhotos
) -> None:
    config = replace(varied, augment=Augment.LIGHT)
    photos = make_photos().train
    free = [view for each in see(config, photos) for view in each.varied]
    kept = [view for each in see(replace(config, mirror=False), photos) for view in each.varied]
    differing = [(a, b) for a, b in zip(free, kept, strict=True) if not np.array_equal(a, b)]
    assert 0 < len(differing) < len(free)
    for mirrored, upright in differing:
        assert np.abs(mirrored[:, ::-1].astype(int) - upright).max() <= 1


def test_epochs_that_see_no_view_twice_show_theirs(
    varied: FinetuneConfig, make_photos: MakePhotos
) -> None:
    photos = make_photos().train[:1]
    (frozen,) = see(varied, photos)
    (learning,) = see(replace(varied, freeze=Freeze.NOTHING), photos)
    (other,) = see(replace(varied, freeze=Freeze.NOTHING, seed=1), photos)
    for a, b in ((frozen, learning), (learning, other)):
        assert not np.array_equal(a.varied[0], b.varied[0])


def test_without_variation_there_is_the_plain_photo_alone(
    varied: FinetuneConfig, make_photos: MakePhotos
) -> None:
    (seen,) = see(replace(varied, augment=Augment.OFF), make_photos().train[:1])
    assert seen.plain.shape == (32, 32, 3)
    assert seen.varied == ()


def test_a_computed_head_shows_the_views_it_is_computed_from(
    varied: FinetuneConfig, make_photos: MakePhotos
) -> None:
    exact = replace(varied, optimizer=Optimizer.EXACT, epochs=1)
    (seen,) = see(exact, make_photos().train[:1])
    assert len(seen.varied) == 3


def test_imagenets_weights_need_not_be_here(
    varied: FinetuneConfig, make_photos: MakePhotos
) -> None:
    config = replace(varied, weights=WeightsSource.IMAGENET)
    assert len(see(config, make_photos().train[:1])) == 1


def test_what_cannot_be_shown_is_said_in_words(
    varied: FinetuneConfig, make_photos: MakePhotos
) -> None:
    photos = make_photos().train[:1]
    with pytest.raises(InvalidConfigError, match="cannot be frozen"):
        see(replace(varied, freeze=50), photos)
    photos[0].path.write_bytes(b"no picture")
    with pytest.raises(BadImageError):
        see(varied, photos)
