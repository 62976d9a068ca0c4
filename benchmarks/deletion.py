"""Whether the maps of what a run looked at are true: delete the warmest pixels and ask again.

    python benchmarks/deletion.py FLOWERS

FLOWERS holds `train` and `val` folders with a folder for each class. A quick run learns from
`train`. Of each photo of `val` the warmest 20 and 40 % of pixels are painted in its mean colour,
and the probability of the class that was said is asked again: the more it falls, the truer the
map. The coldest pixels, random pixels, random places (a random map of 14 x 14) and the middle of
the photo are held against it. A transformer with random weights says nothing worth explaining:
there is none.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from benchmarks.machine import load, machine
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.core.vectors import Floats
from dragon_app.imaging.decode import decode_bytes
from dragon_app.services.intake import IncomingFile, scan
from dragon_app.vision import checkpoint
from dragon_app.vision.backbone import Network, anatomy
from dragon_app.vision.explain import grad_cam, occlusion
from dragon_app.vision.splitting import split_at
from dragon_app.vision.transforms import EvalTransform, compact, eval_view, normalised
from dragon_app.wiring import open_app

_SHARES = (0.2, 0.4)
_PLACES = 14


def main() -> None:
    """Train, delete and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("flowers", type=Path, metavar="FLOWERS")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth photo")
    options = parser.parse_args()
    print(f"{machine()}; load {load():.1f}")
    with tempfile.TemporaryDirectory() as folder:
        app = open_app(Path(folder) / "workspace")
        try:
            app.dataset.add(scan([options.flowers / "train"]))
            run = app.runs.wait(app.runs.start(PRESETS[Preset.QUICK]).id)
            where = app.workspace.folder / app.workspace.runs.checkpoint_folder(run.id)
            network, meta = checkpoint.load(where)
        finally:
            app.close()
    network.eval().requires_grad_(False)
    files = scan([options.flowers / "val"])[:: options.every]
    rows = _measure(network, meta.backbone, meta.transform, files)
    print(f"{meta.backbone}, {meta.transform.crop_px} px, {len(files)} photos")
    print("| map | ms | 20 % warmest | 40 % warmest | 20 % coldest | 40 % coldest |")
    print("|---|---|---|---|---|---|")
    for name, (milliseconds, drops) in rows.items():
        print(f"| {name} | {milliseconds:.0f} | {' | '.join(f'{each:.3f}' for each in drops)} |")


def _measure(
    network: Network, backbone: str, transform: EvalTransform, files: Sequence[IncomingFile]
) -> dict[str, tuple[float, Floats]]:
    """Return for each map its time in ms, and how much the probability fell on average (4,)."""
    taken: dict[str, list[float]] = {}
    drops: dict[str, list[Floats]] = {}
    random = torch.Generator().manual_seed(0)
    for file in files:
        photo = decode_bytes(file.read(), shortest_px=transform.resize_px)
        view = eval_view(compact(photo, transform), transform)
        image = normalised([view], transform, torch.device("cpu"))
        with torch.inference_mode():
            before = network(image).softmax(1)[0]
        target = int(before.argmax())
        for name in _MAPS:
            began = time.perf_counter()
            values = _map(name, network, backbone, image, target, random)
            taken.setdefault(name, []).append((time.perf_counter() - began) * 1000)
            order = interpolate(values[None, None], image.shape[2:], mode="bilinear")[0, 0]
            cut = [_deleted(image, s * order, share) for s in (1, -1) for share in _SHARES]
            with torch.inference_mode():
                after = network(torch.cat(cut)).softmax(1)[:, target]
            drops.setdefault(name, []).append((before[target] - after).numpy())
    return {name: (float(np.median(taken[name])), np.mean(drops[name], axis=0)) for name in _MAPS}


_MAPS = (
    "Grad-CAM, fine map",
    "Grad-CAM, last map",
    "occlusion",
    "random pixels",
    "random places",
    "middle",
)


def _map(
    name: str,
    network: Network,
    backbone: str,
    image: Tensor,
    target: int,
    random: torch.Generator,
) -> Tensor:
    side = image.shape[-1]
    parts = anatomy(backbone, side)
    match name:
        case "Grad-CAM, fine map" | "Grad-CAM, last map":
            boundary = parts.fine_map if name.endswith("fine map") else "trunk_output"
            cut = split_at(network, boundary or "")
            if cut is None:
                raise SystemExit(f"{backbone} cannot be cut at {boundary}.")
            return torch.from_numpy(grad_cam(cut, image, target))
        case "occlusion":
            return torch.from_numpy(occlusion(network, image, target))
        case "random pixels":
            return torch.rand(side, side, generator=random)
        case "random places":
            return torch.rand(_PLACES, _PLACES, generator=random)
        case _:
            line = torch.linspace(-1, 1, side)
            return -(line[:, None].square() + line[None].square())


def _deleted(image: Tensor, order: Tensor, share: float) -> Tensor:
    """Return the image (1, 3, S, S) with its first pixels by order (S, S) in its mean colour."""
    first = order.flatten().argsort(descending=True)[: int(share * order.numel())]
    flat = image.clone().flatten(2)  # (1, 3, S * S)
    flat[:, :, first] = image.mean((2, 3))[..., None]
    return flat.view_as(image)


if __name__ == "__main__":
    main()
