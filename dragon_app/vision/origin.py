"""What a training begins from: the digest of its first weights, and what computes it."""

import torch

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import WeightsError
from dragon_app.core.provenance import Origin
from dragon_app.vision.devices import choose_device
from dragon_app.vision.sources import Pretrained, choose
from dragon_app.vision.weights import file_sha256


def digest_of(pretrained: Pretrained) -> str:
    """Return the SHA-256 of the file that the weights are in, empty where they are random."""
    return "" if pretrained.path is None else file_sha256(pretrained.path)


def origin(weights_digest: str, device: torch.device) -> Origin:
    """Describe the first weights and the device that computes."""
    return Origin(
        weights_digest=weights_digest,
        device=_name(device),
        threads=torch.get_num_threads(),
    )


def origin_of(config: FinetuneConfig) -> Origin:
    """Say what these settings would begin from now; raise `WeightsError` when it is not here."""
    found = choose(config.weights, config.backbone, config.weights_file)
    try:
        return origin(digest_of(found), choose_device(config.device))
    except OSError as error:
        raise WeightsError(
            f"The weights file {found.path} cannot be read ({error.strerror}). Put it back, or "
            "choose other starting weights."
        ) from error


def _name(device: torch.device) -> str:
    if device.type == "cuda":
        return f"cuda ({torch.cuda.get_device_name(device)})"
    return device.type
