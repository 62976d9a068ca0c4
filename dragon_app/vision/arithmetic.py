"""In which numbers and memory order a network computes. Weights stay float32. Measures nothing."""

from contextlib import AbstractContextManager

import torch
from torch import Tensor, nn

from dragon_app.core.config import Arithmetic

_HALF = frozenset({Arithmetic.BFLOAT16, Arithmetic.BFLOAT16_LAST})
_CHANNELS_LAST = frozenset({Arithmetic.FLOAT32_LAST, Arithmetic.BFLOAT16_LAST})


def prepare(network: nn.Module, arithmetic: Arithmetic) -> None:
    """Bring a network's weights into the right memory order, in place."""
    network.to(memory_format=_order(arithmetic))


def lay_out(batch: Tensor, arithmetic: Arithmetic) -> Tensor:
    """Return a batch in the right memory order; only maps (N, C, H, W) have two."""
    if batch.dim() != 4:
        return batch
    return batch.contiguous(memory_format=_order(arithmetic))


def autocast(arithmetic: Arithmetic, device: torch.device) -> AbstractContextManager[object]:
    """Return a context in which a forward pass computes in the right numbers.

    The loss and everything that is stored belong outside, on `scores.float()`.
    """
    if arithmetic not in _HALF:  # also where a caller's own autocast is open
        return torch.autocast(device.type, enabled=False)
    return torch.autocast(device.type, dtype=half_type(device))


def gradient_scaler(arithmetic: Arithmetic, device: torch.device) -> torch.amp.GradScaler:
    """Return what keeps small float16 gradients above zero; it does nothing where none can vanish.

    Use it always: `scale(loss).backward()`, `step(optimizer)`, `update()`.
    """
    is_needed = arithmetic in _HALF and half_type(device) is torch.float16
    return torch.amp.GradScaler(device.type, enabled=is_needed)


def half_type(device: torch.device) -> torch.dtype:
    """Return the 16-bit numbers of a device: float16 where bfloat16 would only be imitated."""
    if device.type == "cuda":
        has_bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
    elif device.type == "mps":
        has_bfloat16 = torch.backends.mps.is_macos_or_newer(14, 0)
    else:
        has_bfloat16 = True
    return torch.bfloat16 if has_bfloat16 else torch.float16


def _order(arithmetic: Arithmetic) -> torch.memory_format:
    is_last = arithmetic in _CHANNELS_LAST
    return torch.channels_last if is_last else torch.contiguous_format
