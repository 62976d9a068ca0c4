"""Weight files: whether one is sound and fits a backbone. The one place that reads .pth files."""

import hashlib
import pickle  # noqa: TID251  # for the name of its error alone
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from dragon_app.core.errors import WeightsError
from dragon_app.vision.backbone import Network, anatomy, auxiliary_names
from dragon_app.vision.sources import Pretrained

MAX_BYTES = 8 * 2**30  # the largest of torchvision's files has 2.6 GB
MAX_MEMBERS = 20_000
MAX_INDEX_BYTES = 16 * 2**20
# DenseNet's files are older than its module names.
_OLD_DENSENET = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12])\.")
SHOWN_MISFITS = 3
_UNREADABLE = (
    pickle.UnpicklingError,
    RuntimeError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    OverflowError,
    EOFError,
    OSError,
)


def fill(network: Network, pretrained: Pretrained, name: str) -> None:
    """Put the weights into an empty network's body; raise `WeightsError` when they do not fit."""
    if pretrained.path is None:
        raise WeightsError(f"There are no weights to put into {name}.")
    tensors = read_tensors(pretrained.path, sha256_prefix=pretrained.sha256_prefix)
    head = anatomy(name, pretrained.transform.crop_px).head
    ignored = auxiliary_names(name)
    found = {
        key: tensor
        for key, tensor in tensors.items()
        if key not in ignored and not key.startswith(f"{head}.")
    }
    wanted = network.body.state_dict()
    misfits = _misfits(found, wanted)
    if misfits:
        more = len(misfits) - SHOWN_MISFITS
        raise WeightsError(
            f"The weights in {pretrained.path.name} do not fit {name}: "
            + "; ".join(misfits[:SHOWN_MISFITS])
            + (f"; and {more} more." if more > 0 else ".")
            + " Choose the backbone they were made for."
        )
    ready = {
        key: tensor.float() if tensor.is_floating_point() else tensor
        for key, tensor in found.items()
    }
    network.body.load_state_dict(ready, strict=False, assign=True)


def _misfits(found: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> list[str]:
    """Name each tensor that is missing, too much or of another shape.

    Old files lack BatchNorm's counters; nothing reads them.
    """
    misfits = []
    for key, tensor in wanted.items():
        if key not in found:
            if not key.endswith("num_batches_tracked"):
                misfits.append(f"{key} is missing")
        elif found[key].shape != tensor.shape:
            shapes = f"{_shape(found[key])} in the file, {_shape(tensor)} in the backbone"
            misfits.append(f"{key} is {shapes}")
        elif found[key].is_floating_point() != tensor.is_floating_point():
            misfits.append(f"{key} holds {found[key].dtype}, not {tensor.dtype}")
    return misfits + [f"{key} is unknown to it" for key in found if key not in wanted]


def _shape(tensor: Tensor) -> str:
    return "x".join(map(str, tensor.shape)) or "a single number"


def read_tensors(path: Path, *, sha256_prefix: str = "") -> dict[str, Tensor]:
    """Read a safetensors file or one of torchvision's .pth files after checking it."""
    try:
        if not path.is_file():
            raise WeightsError(f"There is no weights file at {path}.")
        if sha256_prefix and not file_sha256(path).startswith(sha256_prefix):
            raise WeightsError(
                f"The weights file {path} is damaged: its checksum is wrong. Delete it and "
                "fetch it again."
            )
        if zipfile.is_zipfile(path):
            _check_zip(path)
            return _read_pth(path)
        if sha256_prefix and path.suffix == ".pth":
            # Of torchvision's own files, known by their hash, old ones may be plain pickles.
            return _read_pth(path)
        tensors: dict[str, Tensor] = load_file(path)
        return tensors
    except (SafetensorError, OSError, zipfile.BadZipFile) as error:
        raise WeightsError(
            f"{path.name} cannot be read as weights ({error}). Give a .safetensors file, or a "
            ".pth file as torchvision publishes them."
        ) from error


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_pth(path: Path) -> dict[str, Tensor]:
    """Read a file of torch's that was found to be harmless in size; runs none of its code."""
    try:
        content: Any = torch.load(  # noqa: TID251  # the one exception: the file was checked
            path, map_location="cpu", weights_only=True
        )
    except _UNREADABLE as error:
        raise WeightsError(
            f"{path.name} holds more than tensors, or is damaged; give a .safetensors file."
        ) from error
    if not isinstance(content, dict) or not all(
        isinstance(key, str) and isinstance(value, Tensor) for key, value in content.items()
    ):
        raise WeightsError(
            f"{path.name} is not a plain list of named tensors; save the network's state_dict()."
        )
    return {_OLD_DENSENET.sub(r"\1\2.", key): tensor for key, tensor in content.items()}


def _check_zip(path: Path) -> None:
    """Refuse a zip that unpacks to more than its own size, before anything is unpacked.

    `weights_only` alone takes gigabytes for a few kilobytes before it refuses.
    """
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    index = [member for member in members if member.filename.endswith("/data.pkl")]
    is_plain = all(member.compress_type == zipfile.ZIP_STORED for member in members)
    unpacked = sum(member.file_size for member in members)
    is_script = any(member.filename.endswith("/constants.pkl") for member in members)
    if (
        not is_plain
        or is_script
        or len(members) > MAX_MEMBERS
        or unpacked > min(path.stat().st_size, MAX_BYTES)
        or [member.file_size <= MAX_INDEX_BYTES for member in index] != [True]
    ):
        raise WeightsError(
            f"{path.name} is not laid out like torchvision's weights and was not opened; "
            "give a .safetensors file."
        )
