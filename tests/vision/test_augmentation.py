"""Photos varied for training."""

import pytest
import torch
from torch import Tensor

from dragon_app.core.config import Augment
from dragon_app.vision.augmentation import chances, recipe, train_views
from dragon_app.vision.transforms import EvalTransform, eval_view, normalised

SEEN = EvalTransform(resize_px=40, crop_px=32, mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))
CPU = torch.device("cpu")
VARIED = [Augment.LIGHT, Augment.MEDIUM, Augment.STRONG]


def _views(photos: list[Tensor], augment: Augment, seed: int = 0, *, mirror: bool = True) -> Tensor:
    chance = chances(
        [f"{number}" for number in range(len(photos))], f"{augment}-{seed}", mirror=mirror
    )
    return train_views(photos, SEEN, augment, chance=chance, device=CPU)


def _photo(width: int = 60) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.randint(1, 255, (3, 40, width), dtype=torch.uint8, generator=generator)


def test_without_variation_training_sees_what_validation_sees() -> None:
    expected = normalised([eval_view(_photo(), SEEN)], SEEN, CPU)
    assert _views([_photo()], Augment.OFF).equal(expected)


@pytest.mark.parametrize("augment", VARIED)
def test_the_same_view_shows_the_same_again(augment: Augment) -> None:
    photos = [_photo(60), _photo(40)]
    assert _views(photos, augment, 3).equal(_views(photos, augment, 3))
    assert not _views(photos, augment, 3).equal(_views(photos, augment, 4))


@pytest.mark.parametrize("augment", VARIED)
def test_photos_of_all_shapes_become_one_batch(augment: Augment) -> None:
    views = _views([_photo(60), _photo(40), _photo(120)], augment)
    assert views.shape == (3, 3, 32, 32)
    assert views.isfinite().all()


@pytest.mark.parametrize("augment", VARIED)
def test_nothing_outside_a_photo_is_shown(augment: Augment) -> None:
    narrow = torch.full((3, 40, 40), 200, dtype=torch.uint8)
    for seed in range(20):
        views = _views([narrow, _photo(120)], augment, seed)
        assert (views[0].max() - views[0].min()) < 0.01


def test_about_half_of_the_light_views_are_mirrored() -> None:
    ramp = torch.arange(40, dtype=torch.uint8).mul(6).expand(3, 40, 40).contiguous()
    views = _views([ramp] * 200, Augment.LIGHT)
    mirrored = views[:, 0, 16, 0] > views[:, 0, 16, -1]
    assert 60 < mirrored.sum() < 140
    upright = _views([ramp] * 200, Augment.LIGHT, mirror=False)
    assert upright[mirrored].allclose(views[mirrored].flip(-1), atol=1e-5)
    assert upright[~mirrored].equal(views[~mirrored])  # the rest of a view is the same


@pytest.mark.parametrize("augment", VARIED)
def test_where_left_and_right_matter_nothing_is_ever_mirrored(augment: Augment) -> None:
    ramp = torch.arange(40, dtype=torch.uint8).mul(3).expand(3, 40, 40).contiguous()
    views = _views([ramp] * 100, augment, mirror=False)
    assert (views[:, 0, 16, 0] < views[:, 0, 16, -1]).all()


def test_light_leaves_colours_alone() -> None:
    grey = torch.full((3, 40, 40), 100, dtype=torch.uint8)
    assert _views([grey], Augment.LIGHT).allclose(torch.tensor(100 / 255), atol=1e-5)


def test_a_view_depends_on_the_photo_alone_not_on_its_company() -> None:
    together = chances(["a", "b", "c"], "light-0")
    assert together[1].equal(chances(["b"], "light-0")[0])
    assert not together[0].equal(together[1])
    assert not together.equal(chances(["a", "b", "c"], "light-1"))


def test_chances_are_spread_evenly() -> None:
    spread = chances([str(number) for number in range(2000)], "light-0")
    assert spread.shape == (2000, 9)
    assert ((spread >= 0) & (spread <= 1)).all()
    assert (spread.mean(0) - 0.5).abs().max() < 0.03


def test_each_strength_has_a_recipe_of_its_own() -> None:
    recipes = {recipe(augment, mirror=mirror) for augment in Augment for mirror in (True, False)}
    assert len(recipes) == 2 * len(VARIED) + 1
