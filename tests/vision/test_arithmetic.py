"""Numbers and memory order, and that weights stay what they are."""

import pytest
import torch
from torch import nn

from dragon_app.core.config import Arithmetic
from dragon_app.vision.arithmetic import autocast, gradient_scaler, half_type, lay_out, prepare

CPU = torch.device("cpu")
EXPLICIT = [each for each in Arithmetic if each is not Arithmetic.AUTO]


def small_network() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Flatten(), nn.Linear(288, 2))


@pytest.mark.parametrize("arithmetic", EXPLICIT)
def test_a_step_computes_in_its_numbers_and_keeps_float32_weights(arithmetic: Arithmetic) -> None:
    network = small_network()
    prepare(network, arithmetic)
    batch = lay_out(torch.rand(2, 3, 8, 8), arithmetic)
    scaler = gradient_scaler(arithmetic, CPU)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    before = network.get_parameter("3.bias").detach().clone()
    with autocast(arithmetic, CPU):
        scores = network(batch)
    is_half = arithmetic in {Arithmetic.BFLOAT16, Arithmetic.BFLOAT16_LAST}
    assert scores.dtype is (torch.bfloat16 if is_half else torch.float32)
    scaler.scale(scores.float().square().sum()).backward()
    scaler.step(optimizer)
    scaler.update()
    assert not torch.equal(network.get_parameter("3.bias"), before)
    assert {each.dtype for each in network.parameters()} == {torch.float32}


def test_memory_order_goes_there_and_back() -> None:
    network, batch = small_network(), torch.rand(2, 3, 8, 8)
    weight = network.get_parameter("0.weight")
    prepare(network, Arithmetic.FLOAT32_LAST)
    assert weight.is_contiguous(memory_format=torch.channels_last)
    last = lay_out(batch, Arithmetic.BFLOAT16_LAST)
    assert last.is_contiguous(memory_format=torch.channels_last)
    prepare(network, Arithmetic.BFLOAT16)
    assert weight.is_contiguous()
    assert lay_out(last, Arithmetic.FLOAT32).is_contiguous()
    assert torch.equal(lay_out(last, Arithmetic.FLOAT32), batch)


def test_features_have_one_order_only() -> None:
    features = torch.rand(2, 5)
    assert lay_out(features, Arithmetic.BFLOAT16_LAST) is features


def test_plain_numbers_stay_plain_inside_somebody_elses_autocast() -> None:
    network = nn.Linear(4, 2)
    with torch.autocast("cpu", dtype=torch.bfloat16), autocast(Arithmetic.FLOAT32, CPU):
        assert network(torch.rand(1, 4)).dtype is torch.float32


def test_an_old_cuda_device_gets_float16_and_a_scaler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: False)
    assert half_type(torch.device("cuda")) is torch.float16
    assert half_type(CPU) is torch.bfloat16
