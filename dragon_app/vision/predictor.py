"""A checkpoint that answers. Nothing in it changes, so several threads may ask at once."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from dragon_app.core.config import Arithmetic
from dragon_app.core.heat import HeatMap, seen_share
from dragon_app.core.ports import Pixels, Predictor
from dragon_app.core.vectors import Floats
from dragon_app.vision import checkpoint
from dragon_app.vision.arithmetic import lay_out, prepare
from dragon_app.vision.backbone import Network, anatomy
from dragon_app.vision.devices import choose_device
from dragon_app.vision.explain import explain
from dragon_app.vision.transforms import compact, eval_view, normalised

BATCH = 32


def load_predictor(folder: Path, *, device: str = "auto") -> Predictor:
    """Read a checkpoint folder; raise `WeightsError` when it is damaged."""
    network, meta = checkpoint.load(folder)
    chosen = choose_device(device)
    network.to(chosen).eval().requires_grad_(False)
    prepare(network, memory_order(meta.config.arithmetic))
    fine_map = anatomy(meta.backbone, meta.transform.crop_px).fine_map
    return NetworkPredictor(network, meta, device=chosen, fine_map=fine_map)


def memory_order(trained_in: Arithmetic) -> Arithmetic:
    """Return float32 in the memory order that was the fastest when the run was trained."""
    is_last = trained_in in {Arithmetic.FLOAT32_LAST, Arithmetic.BFLOAT16_LAST}
    return Arithmetic.FLOAT32_LAST if is_last else Arithmetic.FLOAT32


class NetworkPredictor:
    """A network in eval mode; nothing in it changes after it was made.

    One thread at a time runs the network, on all cores; others make their photos ready meanwhile.
    """

    def __init__(
        self,
        network: Network,
        meta: checkpoint.Meta,
        *,
        device: torch.device,
        fine_map: str | None,
    ) -> None:
        self._running = threading.Lock()
        self._network = network
        self._class_names = meta.class_names
        self._transform = meta.transform
        self._order = memory_order(meta.config.arithmetic)
        self._device = device
        self._fine_map = fine_map

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names behind the columns of the answer."""
        return self._class_names

    @property
    def decode_px(self) -> int:
        """The shorter side, in pixels, below which photos need not be decoded larger."""
        return self._transform.resize_px

    def probabilities(self, photos: Sequence[Pixels]) -> NDArray[np.float32]:
        """Return probabilities (N, C) for photos of any size."""
        return self.look(photos)[0]

    def look(self, photos: Sequence[Pixels]) -> tuple[Floats, Floats]:
        """Return probabilities (N, C), and what the last layer reads, (N, D)."""
        head = self._network.head
        answers = [np.empty((0, len(self._class_names)), np.float32)]
        vectors = [np.empty((0, head.linear.in_features), np.float32)]
        with torch.inference_mode():
            for start in range(0, len(photos), BATCH):
                views = [
                    eval_view(compact(photo, self._transform), self._transform)
                    for photo in photos[start : start + BATCH]
                ]
                images = normalised(views, self._transform, self._device)
                with self._running:
                    features = self._network.body(lay_out(images, self._order))  # (n, D)
                answers.append(head(features).softmax(dim=1).cpu().numpy())  # (n, C)
                vectors.append(features.cpu().numpy())
        return np.concatenate(answers), np.concatenate(vectors)

    def explain(self, photo: Pixels, target: int) -> HeatMap:
        """Return which places of a photo of any size speak for a class."""
        view = eval_view(compact(photo, self._transform), self._transform)
        image = normalised([view], self._transform, self._device)
        with self._running:
            image = lay_out(image, self._order)
            values, method = explain(self._network, self._fine_map, image, target)
        height_px, width_px = photo.shape[:2]
        share = self._transform.crop_px / self._transform.resize_px
        return HeatMap(
            values=values, seen=seen_share(width_px, height_px, view=share), method=method
        )
