"""How networks fall into stages and a head."""

import pytest
import torch
from torch import Tensor, nn

from dragon_app.core.errors import InvalidConfigError
from dragon_app.vision.backbone import anatomy, empty_network, names
from dragon_app.vision.stages import dissect

FAMILIES = {
    "alexnet": 4,
    "convnext_tiny": 4,
    "densenet121": 5,
    "efficientnet_b0": 5,
    "efficientnet_v2_s": 5,
    "googlenet": 5,
    "inception_v3": 5,
    "maxvit_t": 5,
    "mnasnet0_5": 5,
    "mobilenet_v2": 5,
    "mobilenet_v3_small": 6,
    "regnet_x_400mf": 5,
    "regnet_y_400mf": 5,
    "resnet18": 5,
    "resnet50": 5,
    "resnext50_32x4d": 5,
    "shufflenet_v2_x0_5": 4,
    "squeezenet1_1": 4,
    "swin_t": 4,
    "swin_v2_t": 4,
    "vgg11": 6,
    "vgg11_bn": 6,
    "vit_b_16": 5,
    "wide_resnet50_2": 5,
}


@pytest.mark.parametrize(("name", "stages"), FAMILIES.items())
def test_every_parameter_of_a_family_lies_in_the_head_or_in_one_stage(
    name: str, stages: int
) -> None:
    parts = anatomy(name, 224)
    body = empty_network(name, classes=3, image_size_px=224).body
    assert len(parts.stages) == stages
    assert sum(p.numel() for p in body.parameters()) == sum(s.parameters for s in parts.stages)
    assert all(stage.parameters for stage in parts.stages)
    assert [stage.index for stage in parts.stages] == list(range(1, stages + 1))


def test_every_family_is_looked_at() -> None:
    families = {name.rstrip("0123456789").split("_")[0].rstrip("0123456789") for name in names()}
    looked_at = {name.rstrip("0123456789").split("_")[0].rstrip("0123456789") for name in FAMILIES}
    assert families - looked_at == set()


def test_resnet18_has_its_four_layers_after_the_stem() -> None:
    stages = anatomy("resnet18", 224).stages
    assert [stage.modules for stage in stages] == [
        ("conv1", "bn1"),
        ("layer1",),
        ("layer2",),
        ("layer3",),
        ("layer4",),
    ]
    assert [stage.output_size_px for stage in stages] == [112, 56, 28, 14, 7]


def test_the_blocks_of_a_vision_transformer_are_divided_into_four_groups() -> None:
    stages = anatomy("vit_b_16", 224).stages
    assert stages[0].modules == ("conv_proj",)
    assert [len(stage.modules) for stage in stages[1:4]] == [3, 3, 3]
    assert stages[4].modules[-1] == "encoder.ln"


def test_parameters_used_by_a_container_lie_where_it_runs_first() -> None:
    stage_of = anatomy("vit_b_16", 224).stage_of
    assert stage_of[""] == 1  # class_token
    assert stage_of["encoder"] == 2  # pos_embedding


def test_the_head_of_squeezenet_is_a_convolution_and_ends_the_network() -> None:
    parts = anatomy("squeezenet1_1", 224)
    assert parts.head == "classifier.1"
    assert parts.after_head == ("classifier.2", "classifier.3")
    assert parts.width == 512


def test_the_classifier_layers_before_the_head_of_vgg_are_a_stage() -> None:
    assert anatomy("vgg11", 224).stages[-1].modules == ("classifier.0", "classifier.3")


class _Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(4, 4, 3, padding=1)
        self.shrink = nn.Conv2d(4, 4, 3, stride=2, padding=1)
        self.beside = nn.Conv2d(4, 4, 1, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.shrink(self.first(x))
        out += self.beside(x)
        return out


def test_no_stage_ends_inside_a_block_that_has_a_way_around() -> None:
    network = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1),
        _Residual(),
        _Residual(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(4, 10),
    )
    parts = dissect(network, 32)
    assert [stage.modules for stage in parts.stages] == [("0",), ("1",), ("2",)]


@pytest.mark.parametrize(("name", "size"), [("alexnet", 32), ("vit_b_16", 200), ("maxvit_t", 200)])
def test_a_size_a_network_cannot_work_on_is_named(name: str, size: int) -> None:
    with pytest.raises(
        InvalidConfigError, match=rf"{name} cannot work on photos of {size} px: .*[^.!]\. C"
    ):
        anatomy(name, size)


def test_looking_for_stages_takes_no_memory_for_weights() -> None:
    network = empty_network("vgg11", classes=3, image_size_px=224)
    assert all(parameter.is_meta for parameter in network.body.parameters())


def test_stages_are_found_while_gradients_are_switched_off() -> None:
    with torch.no_grad():
        assert len(anatomy("resnet18", 96).stages) == 5
        assert not torch.is_grad_enabled()
