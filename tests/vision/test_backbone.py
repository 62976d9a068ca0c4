"""Building networks: head, size, first weights."""

import pytest
import torch

from dragon_app.core.errors import NotFoundError
from dragon_app.vision.backbone import (
    Head,
    auxiliary_names,
    check_name,
    empty_network,
    has_fixed_size,
    normalises_itself,
    random_network,
)


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("squeezenet1_1", 64),
        ("shufflenet_v2_x0_5", 64),
        ("resnet18", 32),
        ("googlenet", 64),
        ("inception_v3", 80),
        ("mobilenet_v3_small", 64),
        ("regnet_y_400mf", 32),
        ("efficientnet_b0", 32),
        ("densenet121", 32),
        ("swin_t", 32),
    ],
)
def test_a_network_scores_any_number_of_classes(name: str, size: int) -> None:
    network = random_network(name, classes=7, image_size_px=size, generator=_generator()).eval()
    with torch.inference_mode():
        scores = network(torch.rand(2, 3, size, size))
    assert scores.shape == (2, 7)


def test_a_vision_transformer_is_built_for_the_wanted_size() -> None:
    network = random_network("vit_b_32", classes=2, image_size_px=64, generator=_generator())
    with torch.inference_mode():
        assert network.eval()(torch.rand(1, 3, 64, 64)).shape == (1, 2)


def test_random_weights_come_from_the_generator_alone() -> None:
    before = torch.get_rng_state()
    first = random_network("resnet18", classes=2, image_size_px=64, generator=_generator(3))
    again = random_network("resnet18", classes=2, image_size_px=64, generator=_generator(3))
    other = random_network("resnet18", classes=2, image_size_px=64, generator=_generator(4))
    weights = [each.body.get_parameter("conv1.weight") for each in (first, again, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert torch.equal(before, torch.get_rng_state())


def test_a_filled_empty_network_scores_like_the_one_it_was_filled_from() -> None:
    source = random_network("swin_t", classes=2, image_size_px=64, generator=_generator()).eval()
    copy = empty_network("swin_t", classes=2, image_size_px=64).eval()
    copy.load_state_dict(source.state_dict(), assign=True)
    photo = torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.equal(source.body(photo), copy.body(photo))


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(NotFoundError, match=r"'resnet19'.*resnet18"):
        check_name("resnet19")


def test_networks_with_a_size_of_their_own_are_known() -> None:
    assert has_fixed_size("vit_b_16")
    assert has_fixed_size("maxvit_t")
    assert not has_fixed_size("resnet18")


def test_networks_that_rescale_colours_themselves_are_known() -> None:
    assert normalises_itself("inception_v3")
    assert not normalises_itself("resnet18")


def test_weights_of_extra_heads_are_known() -> None:
    assert "aux1.fc1.weight" in auxiliary_names("googlenet")
    assert auxiliary_names("resnet18") == frozenset()


def test_a_new_head_finds_every_class_equally_likely() -> None:
    assert Head(8, 3)(torch.rand(2, 8)).softmax(1).allclose(torch.tensor(1 / 3))


def test_a_settled_head_reads_centred_features_of_one_scale() -> None:
    head = Head(4, 2)
    features = torch.rand(50, 4) * torch.tensor([1.0, 10.0, 100.0, 0.0])
    head.settle(features)
    read = (features - head.mean) / head.scale
    assert read.mean(0).allclose(torch.zeros(4), atol=1e-4)
    assert read.square().mean().allclose(torch.tensor(1.0), atol=1e-4)
