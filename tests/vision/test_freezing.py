"""Which part of a network learns."""

import pytest
import torch
from torch import nn

from dragon_app.core.config import Freeze
from dragon_app.core.errors import InvalidConfigError
from dragon_app.vision.backbone import Network, anatomy, random_network
from dragon_app.vision.freezing import (
    frozen_at,
    frozen_in_the_end,
    parameter_groups,
    set_learning,
)

NAME = "shufflenet_v2_x0_5"
STAGE_OF = anatomy(NAME, 32).stage_of


@pytest.fixture
def network() -> Network:
    generator = torch.Generator().manual_seed(0)
    return random_network(NAME, classes=2, image_size_px=32, generator=generator)


def _step(network: Network) -> None:
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    network.head.linear.weight.data.normal_(generator=torch.Generator().manual_seed(0))
    network(torch.rand(4, 3, 32, 32)).square().sum().backward()
    optimizer.step()


@pytest.mark.parametrize(
    ("freeze", "frozen"),
    [(Freeze.BACKBONE, 4), (Freeze.ALL_BUT_LAST_STAGE, 3), (Freeze.NOTHING, 0), (2, 2), (4, 4)],
)
def test_a_policy_is_a_number_of_stages_from_the_input(freeze: Freeze | int, frozen: int) -> None:
    assert frozen_in_the_end(freeze, 4) == frozen


def test_more_stages_than_there_are_cannot_be_frozen() -> None:
    with pytest.raises(InvalidConfigError, match="5 stages cannot be frozen: this backbone has 4"):
        frozen_in_the_end(5, 4)


def test_in_the_first_epochs_the_head_learns_alone() -> None:
    course = [
        frozen_at(epoch, finally_frozen=1, unfreeze_after=2, stages=4) for epoch in (1, 2, 3, 4)
    ]
    assert course == [4, 4, 1, 1]


def test_frozen_weights_stay_and_learning_ones_move(network: Network) -> None:
    set_learning(network, STAGE_OF, frozen=2)
    before = {name: tensor.clone() for name, tensor in network.named_parameters()}
    _step(network)
    moved = {name for name, tensor in network.named_parameters() if not tensor.equal(before[name])}
    stages = {1: "body.conv1", 2: "body.stage2", 3: "body.stage3", 4: "body.conv5"}
    learning = {stage for stage, name in stages.items() if any(m.startswith(name) for m in moved)}
    assert learning == {3, 4}
    assert "head.linear.weight" in moved


def test_statistics_of_frozen_batch_norms_do_not_drift(network: Network) -> None:
    set_learning(network, STAGE_OF, frozen=2)
    before = {name: tensor.clone() for name, tensor in network.named_buffers()}
    _step(network)
    drifted = {
        name.split(".")[1]
        for name, tensor in network.named_buffers()
        if not tensor.equal(before[name])
    }
    assert drifted == {"stage3", "stage4", "conv5"}


def test_frozen_dropout_drops_nothing() -> None:
    network = random_network(
        "alexnet", classes=2, image_size_px=64, generator=torch.Generator().manual_seed(0)
    )
    set_learning(network, anatomy("alexnet", 64).stage_of, frozen=4)
    assert not any(m.training for m in network.body.modules() if isinstance(m, nn.Dropout))


def test_batches_of_one_leave_all_statistics_alone(network: Network) -> None:
    set_learning(network, STAGE_OF, frozen=0, has_statistics=False)
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm2d)]
    assert norms
    assert not any(norm.training for norm in norms)


def test_groups_go_from_the_head_to_the_input_ever_slower(network: Network) -> None:
    groups = parameter_groups(network, STAGE_OF, frozen=1, head_lr=1.0, layer_decay=0.5)
    assert [group["lr"] for group in groups] == [1.0, 0.5, 0.25, 0.125]


def test_every_parameter_that_learns_is_in_exactly_one_group(network: Network) -> None:
    groups = parameter_groups(network, STAGE_OF, frozen=0, head_lr=1.0, layer_decay=1.0)
    grouped = [id(p) for group in groups for p in group["params"]]  # type: ignore[attr-defined]
    assert sorted(grouped) == sorted(id(p) for p in network.parameters())
