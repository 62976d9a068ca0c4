"""A network whose class depends on one patch must light up that patch."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from dragon_app.core.heat import HeatMethod
from dragon_app.core.vectors import Floats
from dragon_app.vision.backbone import Head, Network, anatomy, random_network
from dragon_app.vision.explain import explain, grad_cam, occlusion
from dragon_app.vision.splitting import split_at
from tests.architectures import TEN

SIDE = 64


class Red(nn.Module):
    """Features: how red a photo is, and how blue, place by place, then on the whole."""

    def __init__(self) -> None:
        super().__init__()
        self.look = nn.Conv2d(3, 2, 4, stride=4)
        self.bend = nn.ReLU(inplace=True)
        self.pool = nn.AdaptiveAvgPool2d(1)
        weight = torch.zeros(2, 3, 4, 4)
        weight[0, 0], weight[1, 2] = 1 / 16, 1 / 16
        self.look.weight = nn.Parameter(weight)
        self.look.bias = nn.Parameter(torch.zeros(2))

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.pool(self.bend(self.look(images))).flatten(1)
        return features


@pytest.fixture
def network() -> Network:
    """Class 0 is what has red in it, class 1 what has blue, class 2 nothing."""
    head = Head(2, 3)
    head.linear.weight.data = torch.tensor([[9.0, 0.0], [0.0, 9.0], [0.0, 0.0]])
    return Network(Red(), head).eval().requires_grad_(False)


@pytest.fixture
def image() -> Tensor:
    """Red at the upper right, blue at the lower left, grey elsewhere: (1, 3, S, S)."""
    image = torch.full((1, 3, SIDE, SIDE), 0.1)
    image[0, 0, :16, 48:] = 1
    image[0, 2, 48:, :16] = 1
    return image


def corner(values: Floats) -> tuple[str, str]:
    """Return in which quarter the warmest place is."""
    y, x = np.unravel_index(values.argmax(), values.shape)
    return ("top" if y < len(values) / 2 else "bottom", "left" if x < len(values) / 2 else "right")


@pytest.mark.parametrize(("target", "where"), [(0, ("top", "right")), (1, ("bottom", "left"))])
@pytest.mark.parametrize(
    ("boundary", "method"), [("look", HeatMethod.GRAD_CAM), (None, HeatMethod.OCCLUSION)]
)
def test_the_patch_that_makes_the_class_is_the_warmest(
    network: Network,
    image: Tensor,
    boundary: str | None,
    method: HeatMethod,
    target: int,
    where: tuple[str, str],
) -> None:
    values, used = explain(network, boundary, image, target)
    assert used is method
    assert values.min() >= 0
    assert values.max() == 1
    assert corner(values) == where
    assert 0 < (values > 0.5).mean() <= 0.15  # the patch is a sixteenth of the image


def test_a_class_for_which_nothing_speaks_has_no_warm_place(network: Network) -> None:
    empty = torch.zeros(1, 3, SIDE, SIDE)
    cut = split_at(network, "look")
    assert cut is not None
    assert not grad_cam(cut, empty, 0).any()
    assert not occlusion(network, empty, 0).any()


def test_asking_leaves_nothing_in_the_network_and_threads_agree(
    network: Network, image: Tensor
) -> None:
    expected = explain(network, "look", image, 0)[0]

    def ask(_: int) -> Floats:
        with torch.inference_mode():
            network(image)
        return explain(network, "look", image, 0)[0]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(12)))
    assert all(np.array_equal(each, expected) for each in answers)
    assert all(each.grad is None and not each.requires_grad for each in network.parameters())
    assert not any(m._forward_hooks or m._backward_hooks for m in network.modules())


@pytest.mark.parametrize("name", TEN)
def test_a_convolutional_network_gives_a_fine_map_and_a_transformer_none(name: str) -> None:
    assert (anatomy(name, 224).fine_map is None) is name.startswith(("vit", "swin"))


@pytest.mark.parametrize("name", [each for each in TEN if not each.startswith(("vit", "swin"))])
def test_every_convolutional_network_is_asked_by_grad_cam(name: str) -> None:
    generator = torch.Generator().manual_seed(0)
    network = random_network(name, classes=3, image_size_px=SIDE, generator=generator)
    network.head.linear.weight.data.normal_(generator=generator)
    network.eval().requires_grad_(False)
    image = torch.randn(1, 3, SIDE, SIDE, generator=generator)
    values, method = explain(network, anatomy(name, SIDE).fine_map, image, 1)
    assert method is HeatMethod.GRAD_CAM
    assert min(values.shape) >= SIDE // 16
    assert np.isfinite(values).all()


def test_a_transformer_is_asked_by_occlusion() -> None:
    generator = torch.Generator().manual_seed(0)
    network = random_network("swin_t", classes=3, image_size_px=32, generator=generator)
    network.head.linear.weight.data.normal_(generator=generator)
    network.eval().requires_grad_(False)
    image = torch.randn(1, 3, 32, 32, generator=generator)
    values, method = explain(network, anatomy("swin_t", 32).fine_map, image, 1)
    assert (method, values.shape, values.max()) == (HeatMethod.OCCLUSION, (8, 8), 1)
