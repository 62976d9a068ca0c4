"""Which places of a photo speak for a class. Knows networks and tensors; no photo, no file.

Nothing is hung on the network and no gradient stays in it, so that several threads may ask at once.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from dragon_app.core.heat import HeatMethod, scaled
from dragon_app.core.vectors import Floats
from dragon_app.vision.backbone import Network
from dragon_app.vision.splitting import Split, split_at

GRID = 8  # places along a side that are covered
WINDOW = 2  # how many of them at a time: one alone hides too little to be missed
BATCH = 16


def explain(
    network: Network, fine_map: str | None, image: Tensor, target: int
) -> tuple[Floats, HeatMethod]:
    """Return a map (h, w) of what in a normalised image (1, 3, S, S) speaks for a class.

    A network with a fine map of features is asked by Grad-CAM, any other by occlusion. The network
    is in eval mode.
    """
    cut = split_at(network, fine_map) if fine_map else None
    if cut is None:
        return occlusion(network, image, target), HeatMethod.OCCLUSION
    return grad_cam(cut, image, target), HeatMethod.GRAD_CAM


def grad_cam(cut: Split, image: Tensor, target: int) -> Floats:
    """Return what each place of the map at the cut gives to a class (h, w), 0 to 1.

    Each feature is weighed by its slope at its own place, not by the mean over all places: before a
    pooling both are the same, further down only the first tells where. Of the lead over the other
    classes, because a class's score alone may grow together with all others. Source: Selvaraju et
    al., Grad-CAM (2017); Draelos and Carin, HiResCAM (2020).
    """
    with torch.no_grad():
        features = cut.prefix(image)  # (1, K, h, w)
    with torch.enable_grad():
        features = features.detach().requires_grad_()
        lead = _lead(cut.rest(features.clone()), target)  # a clone: some layers work in place
        (slopes,) = torch.autograd.grad(lead.sum(), features)
    return scaled((slopes * features.detach()).sum(1)[0].cpu().numpy())


def occlusion(score: Callable[[Tensor], Tensor], image: Tensor, target: int) -> Floats:
    """Return what a class loses where a window covers the image (h, w), 0 to 1.

    The cover is the image's own mean colour. Source: Zeiler and Fergus (2014).
    """
    side = image.shape[-1]
    grid = min(GRID, side)
    window = min(WINDOW, grid)
    edges = [side * place // grid for place in range(grid + 1)]
    corners = [(y, x) for y in range(grid - window + 1) for x in range(grid - window + 1)]
    cover = image.mean((2, 3), keepdim=True)  # (1, 3, 1, 1)
    lost, times = np.zeros((grid, grid), np.float32), np.zeros((grid, grid), np.float32)
    with torch.inference_mode():
        whole = float(_lead(score(image), target))
        for start in range(0, len(corners), BATCH):
            some = corners[start : start + BATCH]
            covered = image.repeat(len(some), 1, 1, 1)
            for one, (y, x) in zip(covered, some, strict=True):
                one[:, edges[y] : edges[y + window], edges[x] : edges[x + window]] = cover[0]
            leads = _lead(score(covered), target).tolist()
            for (y, x), lead in zip(some, leads, strict=True):
                lost[y : y + window, x : x + window] += whole - lead
                times[y : y + window, x : x + window] += 1
    return scaled(lost / times)


def _lead(scores: Tensor, target: int) -> Tensor:
    """Return by how much a class leads the mean of the others (N,), from scores (N, C)."""
    own = scores[:, target]
    return own - (scores.sum(1) - own) / max(1, scores.shape[1] - 1)
