"""Where a run stands, in one file: all it needs to go on as if it had never stopped.

Safetensors, with the rest as JSON in its header. The file appears under its name only when it is
whole. Knows the file; `keeping` knows what goes into it and where that belongs.
"""

import json
import os
from dataclasses import asdict, dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_tensors
from safetensors.torch import save_file
from torch import Tensor

from dragon_app.core.config import Arithmetic
from dragon_app.core.disk import make_folder, sync_folder
from dragon_app.core.errors import TrainingError, WeightsError
from dragon_app.core.metrics import Confusion
from dragon_app.vision.learning import Place, Tally
from dragon_app.vision.transforms import EvalTransform
from dragon_app.vision.weights import file_sha256

FORMAT = 1
_FACTS = "standing"  # the header's key
_HEAD_BYTES = 8  # before the header: its length

States = dict[int, dict[str, Tensor]]  # of an optimizer: by number of the parameter, by name


@dataclass(frozen=True, slots=True, kw_only=True)
class BestThen:
    """The best epoch until then: the name of its checkpoint's folder, and how good it was."""

    folder: str
    epoch: int
    loss: float
    confusion: Confusion
    is_balanced: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything that the next step depends on."""

    place: Place
    best: BestThen | None
    network: dict[str, Tensor]
    optimizer: States
    scaler: dict[str, float]
    random: dict[str, Tensor]  # states of generators, uint8
    transform: EvalTransform
    weights: str  # where the first weights came from, in plain words
    weights_digest: str
    arithmetic: Arithmetic
    halvings: int  # of the batches, for the memory


def save(standing: Standing, path: Path) -> str:
    """Write a standing whole; return the SHA-256 of the file.

    Raise `TrainingError` when the disk refuses.
    """
    draft = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        make_folder(path.parent)
        save_file(_tensors(standing), draft, metadata={_FACTS: json.dumps(_facts(standing))})
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        digest = file_sha256(draft)
        draft.replace(path)
        sync_folder(path.parent)
    except (OSError, SafetensorError) as error:
        raise TrainingError(
            f"Where the run stands could not be saved in {path.parent} ({error}). Make room there."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return digest


def load(path: Path) -> Standing:
    """Read a standing on the CPU; raise `WeightsError` when it is absent or damaged."""
    try:
        data = path.read_bytes()
        length = int.from_bytes(data[:_HEAD_BYTES], "little")
        header = json.loads(data[_HEAD_BYTES : _HEAD_BYTES + length])
        facts = json.loads(header["__metadata__"][_FACTS])
        if facts["format"] != FORMAT:
            raise WeightsError(f"{path} was saved by another version of the app; train again.")
        # Copies: the optimizer's kernels want memory of torch's own.
        tensors = {name: tensor.clone() for name, tensor in read_tensors(data).items()}
        return _standing(facts, tensors)
    except (OSError, SafetensorError, ValueError, LookupError, TypeError) as error:
        raise WeightsError(
            f"The saved state {path} is missing or damaged ({error}). Go on from an earlier one, "
            "or train again."
        ) from error


def _tensors(standing: Standing) -> dict[str, Tensor]:
    order = [index for part in standing.place.parts for index in part]
    found = {
        **{f"network/{name}": tensor for name, tensor in standing.network.items()},
        **{
            f"optimizer/{number}/{name}": tensor
            for number, state in standing.optimizer.items()
            for name, tensor in state.items()
        },
        **{f"random/{name}": tensor for name, tensor in standing.random.items()},
        "order": torch.tensor(order, dtype=torch.int64),
    }
    return {name: tensor.detach().cpu().contiguous() for name, tensor in found.items()}


def _facts(standing: Standing) -> dict[str, object]:
    place = standing.place
    return {
        "format": FORMAT,
        "epoch": place.epoch,
        "elapsed_s": place.elapsed_s,
        "sizes": [len(part) for part in place.parts],
        "tally": asdict(place.tally),
        "best": None if standing.best is None else asdict(standing.best),
        "scaler": standing.scaler,
        "transform": asdict(standing.transform),
        "weights": standing.weights,
        "weights_digest": standing.weights_digest,
        "arithmetic": standing.arithmetic,
        "halvings": standing.halvings,
    }


def _standing(facts: dict[str, Any], tensors: dict[str, Tensor]) -> Standing:
    order: list[int] = tensors.pop("order").tolist()
    ends = list(accumulate(facts["sizes"], initial=0))
    tally = facts["tally"]
    best = facts["best"]
    seen = facts["transform"]
    optimizer: States = {}
    for name, tensor in _below("optimizer", tensors).items():
        number, _, key = name.partition("/")
        optimizer.setdefault(int(number), {})[key] = tensor
    return Standing(
        place=Place(
            epoch=facts["epoch"],
            elapsed_s=facts["elapsed_s"],
            parts=[order[start:end] for start, end in pairwise(ends)],
            tally=Tally(**{**tally, "lrs": tuple(tally["lrs"])}),
        ),
        best=best and BestThen(**{**best, "confusion": tuple(map(tuple, best["confusion"]))}),
        network=_below("network", tensors),
        optimizer=optimizer,
        scaler=facts["scaler"],
        random=_below("random", tensors),
        transform=EvalTransform(**{**seen, "mean": tuple(seen["mean"]), "std": tuple(seen["std"])}),
        weights=facts["weights"],
        weights_digest=facts["weights_digest"],
        arithmetic=Arithmetic(facts["arithmetic"]),
        halvings=facts["halvings"],
    )


def _below(kind: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    start = f"{kind}/"
    return {
        name.removeprefix(start): tensor
        for name, tensor in tensors.items()
        if name.startswith(start)
    }
