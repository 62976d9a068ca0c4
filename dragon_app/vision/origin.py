"""What a training begins from: the digest of its first weights, and what computes it."""

import torch

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import WeightsError
from dragon_app.core.provenance import Origin
from dragon_app.vision.devices import choose_device
from dragon_app.vision.sources import Pretrained, choose
from dragon_app.vision.weights import file_sha256


def origin(pretrained: Pretrained, device: torch.device) -> Origin:
    """Describe the weights that were found and the device that computes."""
    return Origin(
        weights_digest="" if pretrained.path is None else file_sha256(pretrained.path),
        device=_name(device),
        threads=torch.get_num_threads(),
    )


def origin_of(config: FinetuneConfig) -> Origin:
    """Say what these settings would begin from now; raise `WeightsError` when it is not here."""
    found = choose(config.weights, config.backbone, config.weights_file)
    try:
        return origin(found, choose_device(config.device))
    except OSError as error:
        raise WeightsError(
            f"The weights file {found.path} cannot be read ({error.strerror}). Put it back, or "
            "choose other starting weights."
        ) from error


def _name(device: torch.device) -> str:
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return device.type
