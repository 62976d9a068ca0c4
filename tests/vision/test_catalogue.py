"""What is told about backbones."""

import pytest

from dragon_app.core.errors import NotFoundError
from dragon_app.vision.catalogue import backbone, backbones


def test_every_classification_network_is_listed_by_name() -> None:
    listed = [info.name for info in backbones()]
    assert listed == sorted(listed)
    assert {"resnet18", "vit_b_16", "convnext_tiny"} <= set(listed)
    assert "fasterrcnn_resnet50_fpn" not in listed


def test_the_starter_is_marked_and_read_at_its_own_size() -> None:
    info = backbone("regnet_y_400mf")
    assert info.is_starter
    assert info.image_size_px == 112
    assert len(info.stages) == 5


def test_a_backbone_tells_what_torchvision_measured() -> None:
    info = backbone("resnet18")
    assert info.parameters == 11_689_512
    assert info.imagenet_top1 == pytest.approx(69.758)
    assert info.imagenet_megabytes == pytest.approx(44.7, abs=0.1)
    assert not info.imagenet_is_here
    assert info.image_size_px == 224


def test_an_unknown_backbone_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="Did you mean"):
        backbone("resnet1")
