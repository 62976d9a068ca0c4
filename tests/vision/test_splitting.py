"""Networks cut at the end of a stage."""

import threading

import pytest
import torch
from torch import Tensor, nn

from dragon_app.vision.backbone import Network, anatomy, random_network
from dragon_app.vision.freezing import set_learning
from dragon_app.vision.splitting import Split, split

# One of each family, with the stages that it can freeze.
FAMILIES = {
    "alexnet": 4,
    "convnext_tiny": 4,
    "densenet121": 5,
    "efficientnet_b0": 5,
    "efficientnet_v2_s": 5,
    "googlenet": 5,
    "inception_v3": 5,
    "mnasnet0_5": 5,
    "mobilenet_v2": 5,
    "mobilenet_v3_small": 6,
    "regnet_y_400mf": 5,
    "resnet18": 5,
    "shufflenet_v2_x0_5": 4,
    "squeezenet1_1": 4,
    "swin_t": 4,
    "vgg11_bn": 6,
}


def _network(name: str, size: int = 96) -> Network:
    generator = torch.Generator().manual_seed(0)
    network = random_network(name, classes=3, image_size_px=size, generator=generator).eval()
    nn.init.normal_(network.head.linear.weight, generator=generator)
    return network


def _images(size: int = 96) -> Tensor:
    return torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(1))


def _cut(network: Network, name: str, frozen: int, size: int = 96) -> Split:
    parts = split(network, anatomy(name, size), frozen)
    assert parts is not None
    return parts


@pytest.mark.parametrize("name", FAMILIES)
def test_both_parts_together_say_what_the_whole_says(name: str) -> None:
    network = _network(name)
    with torch.no_grad():
        expected = network(_images())
        for frozen in range(1, FAMILIES[name] + 1):
            parts = _cut(network, name, frozen)
            torch.testing.assert_close(parts.rest(parts.prefix(_images())), expected)


def test_a_token_per_class_is_on_the_frozen_side() -> None:
    network = _network("vit_b_32", 64)
    parts = _cut(network, "vit_b_32", 2, 64)
    with torch.no_grad():
        torch.testing.assert_close(parts.rest(parts.prefix(_images(64))), network(_images(64)))


@pytest.mark.parametrize("name", ["resnet18", "efficientnet_b0", "densenet121", "swin_t"])
def test_the_rest_learns_like_the_whole(name: str) -> None:
    gradients = []
    for is_split in (False, True):
        network = _network(name)
        parts = _cut(network, name, 2)
        set_learning(network, anatomy(name, 96).stage_of, frozen=2)
        torch.manual_seed(0)  # stochastic depth
        if is_split:
            with torch.no_grad():
                features = parts.prefix(_images())
            scores = parts.rest(features)
        else:
            scores = network(_images())
        scores.square().sum().backward()  # type: ignore[no-untyped-call]
        gradients.append({n: p.grad for n, p in network.named_parameters() if p.grad is not None})
    whole, rest = gradients
    assert whole.keys() == rest.keys()
    for parameter, gradient in whole.items():
        torch.testing.assert_close(rest[parameter], gradient, rtol=1e-4, atol=1e-5)


def test_cutting_does_not_disturb_a_network_that_answers_meanwhile() -> None:
    answering, cut = _network("resnet18"), _network("resnet18")
    is_over = threading.Event()
    failures: list[Exception] = []

    def answer() -> None:
        try:
            while not is_over.is_set():
                answering(_images(32))
        except (RuntimeError, NameError, TypeError) as error:
            failures.append(error)

    thread = threading.Thread(target=answer)
    thread.start()
    for frozen in (1, 2, 3, 4) * 10:
        _cut(cut, "resnet18", frozen)
    is_over.set()
    thread.join()
    assert failures == []
