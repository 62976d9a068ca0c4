"""What the body of a network makes of photos, computed once while the body does not learn."""

from collections.abc import Sequence

import torch
from torch import Tensor

from dragon_app.vision.backbone import Network
from dragon_app.vision.observer import Observer
from dragon_app.vision.photos import CompactPhotos
from dragon_app.vision.transforms import eval_view, normalised

BATCH = 32


def body_features(
    network: Network,
    photos: CompactPhotos,
    *,
    device: torch.device,
    observer: Observer,
    indices: Sequence[int] | None = None,
) -> Tensor:
    """Return features (N, D) of photos as validation sees them, on the device; body in eval."""
    chosen = list(range(len(photos)) if indices is None else indices)
    features = []
    with torch.no_grad():
        for start in range(0, len(chosen), BATCH):
            observer.check()
            observer.phase("Looking at photos", start, len(chosen))
            compacts = photos.batch(chosen[start : start + BATCH])
            views = [eval_view(photo, photos.transform) for photo in compacts]
            features.append(network.body(normalised(views, photos.transform, device)))
    observer.phase("Looking at photos", len(chosen), len(chosen))
    return torch.cat(features)
