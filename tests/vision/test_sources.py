"""Where pretrained weights come from."""

import json
from pathlib import Path

import pytest

from dragon_app.core.config import WeightsSource
from dragon_app.core.errors import WeightsError
from dragon_app.vision import sources

STARTER = "regnet_y_400mf"


def test_automatic_takes_the_starter_where_it_fits() -> None:
    found = sources.choose(WeightsSource.AUTO, STARTER)
    assert found.words == "starter (regnet_y_400mf, 112 px)"
    assert (found.transform.resize_px, found.transform.crop_px) == (128, 112)


def test_automatic_prefers_imagenet_when_it_is_here() -> None:
    path = sources.imagenet_path(STARTER)
    path.parent.mkdir(parents=True)
    path.touch()
    found = sources.choose(WeightsSource.AUTO, STARTER)
    assert found.words == "ImageNet (regnet_y_400mf)"
    assert found.transform.crop_px == 224


def test_automatic_says_plainly_that_it_found_nothing() -> None:
    found = sources.choose(WeightsSource.AUTO, "resnet18")
    assert found.words == "none (random): no pretrained weights for resnet18 on this machine"
    assert found.path is None
    assert (found.transform.resize_px, found.transform.crop_px) == (256, 224)


def test_the_starter_names_the_one_backbone_it_fits() -> None:
    with pytest.raises(WeightsError, match=r"fit regnet_y_400mf, not resnet18\. Choose"):
        sources.choose(WeightsSource.STARTER, "resnet18")


def test_imagenet_that_is_not_here_is_to_be_fetched() -> None:
    with pytest.raises(WeightsError, match="fetch them first"):
        sources.choose(WeightsSource.IMAGENET, "resnet18")


def test_torchvisions_files_carry_their_hash_in_their_name() -> None:
    assert sources.hash_in_name(sources.imagenet_path("resnet18").name) == "f37072fd"


def test_weights_of_networks_that_rescale_colours_get_colours_from_minus_one_to_one() -> None:
    assert sources.imagenet_transform("inception_v3").mean == (0.5, 0.5, 0.5)


def test_a_damaged_card_of_the_starter_is_named(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_text(json.dumps({"architecture": "x"}))
    with pytest.raises(WeightsError, match=r"card\.json is damaged"):
        sources.starter(tmp_path)


def test_an_app_without_a_starter_has_none(tmp_path: Path) -> None:
    assert sources.starter(tmp_path) is None


def test_the_card_tells_terms_size_and_scores() -> None:
    own = sources.starter()
    assert own is not None
    assert "non-commercial" in own.info.terms
    assert 1 < own.info.megabytes <= 12
    assert own.info.image_size_px == own.transform.crop_px
    assert any("flowers" in name and 0.5 < share < 1 for name, share in own.info.probes)
    assert not any("random" in name for name, _ in own.info.probes)


def test_scores_are_read_as_the_yardstick_notes_them(tmp_path: Path) -> None:
    own = sources.starter()
    assert own is not None
    card = json.loads(own.path.with_suffix(".json").read_text())
    card.pop("linear_probe_100_per_class", None)
    card["scores"] = {"linear_probe_100_per_class": {"pets": {"accuracy": 0.81, "error": 0.01}}}
    (tmp_path / "card.json").write_text(json.dumps(card))
    (tmp_path / card["file"]).write_bytes(bytes(100))
    read = sources.starter(tmp_path)
    assert read is not None
    assert read.info.probes == (("pets", 0.81),)
