"""Which processor does the work."""

import pytest
import torch

from dragon_app.core.errors import InvalidConfigError
from dragon_app.vision.devices import choose_device


@pytest.fixture(autouse=True)
def _no_accelerator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def test_auto_falls_back_to_the_processor() -> None:
    assert choose_device("auto").type == "cpu"


def test_auto_takes_a_graphics_card_when_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert choose_device("auto").type == "cuda"


def test_an_absent_device_is_refused_by_name() -> None:
    with pytest.raises(InvalidConfigError, match="has no cuda; choose auto or cpu"):
        choose_device("cuda")
