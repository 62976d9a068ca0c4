"""Photos as vectors: what the whole starter makes of them, and a draft of a head on those."""

import time
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from dragon_app.core.config import Augment, FinetuneConfig
from dragon_app.core.errors import DragonError, TrainingError
from dragon_app.core.ports import ShouldStop
from dragon_app.core.training import CacheFolder, TrainingPhoto
from dragon_app.core.vectors import DraftHead, Floats, PhotoFile
from dragon_app.features.recall import note_vectors
from dragon_app.features.shelf import Shelf, ShelfKey
from dragon_app.features.store import FeatureStore
from dragon_app.vision.arithmetic import autocast, lay_out, prepare
from dragon_app.vision.augmentation import chances, train_views
from dragon_app.vision.budget import Budget
from dragon_app.vision.calibration import resolve
from dragon_app.vision.devices import choose_device
from dragon_app.vision.linear_head import Examples, LinearHead, fit, refit
from dragon_app.vision.measurements import Subject
from dragon_app.vision.memory import Portions
from dragon_app.vision.observer import Observer, StoppedError
from dragon_app.vision.photos import CompactPhotos, compact_key
from dragon_app.vision.plan import EVAL
from dragon_app.vision.prefix import digest_of, halved
from dragon_app.vision.start import find_weights, read_as, start_network

DRAFT_GAP = 1e-3  # nats: a draft may lie above the minimum by so much
FLUSH_S = 30.0  # of looking at most are lost when the process is killed
GROWN = 2.0  # times the labels: then the folds choose the strength again


class StarterEmbedder:
    """`core.ports.Embedder` on a backbone's own weights, the starter's unless told otherwise.

    Its shelf is that of a run with the same backbone, weights and size. One thread at a time.
    """

    def __init__(
        self, cache: CacheFolder, *, should_stop: ShouldStop, config: FinetuneConfig | None = None
    ) -> None:
        config = config or FinetuneConfig()
        self._cache = cache
        self._store: FeatureStore | None = None
        self._device = choose_device(config.device)
        observer = Observer(lambda _: None, should_stop)
        found = find_weights(config.weights, config.backbone, config.weights_file, observer)
        self._transform = read_as(found, config.backbone, config.image_size_px)
        start = start_network(
            config.backbone,
            found,
            self._transform,
            classes=2,  # the head is not asked
            generator=torch.Generator().manual_seed(config.seed),
        )
        network = start.network.to(self._device).eval().requires_grad_(False)
        size_px = self._transform.crop_px
        subject = Subject(backbone=config.backbone, image_size_px=size_px, device=self._device)
        try:
            self._arithmetic = resolve(
                config.arithmetic, network, subject, folder=cache.path, observer=observer
            )
        except StoppedError as error:
            raise TrainingError("Looking at photos was stopped before it began.") from error
        prepare(network, self._arithmetic)
        self._body = network.body
        depth = len(start.parts.stages)
        self._depth = depth
        self._key = ShelfKey(
            weights=digest_of(config.backbone, network.body, start.parts, depth),
            depth=depth,
            transform=repr(self._transform),
            arithmetic=f"{self._arithmetic} on {self._device.type}",
            view=EVAL,
        )
        self._portions = Portions(self._device)
        self._flushed_s = time.monotonic()
        self.width = self._measured_width()
        if found.path is not None:
            note_vectors(cache, self._key, found.path)

    def rows(self, photos: Sequence[PhotoFile]) -> NDArray[np.float16]:
        """Return vectors (N, D); what is not on the shelf is made, and kept there."""
        shelf = self._open().even_shelf(self._key, shape=(self.width,))
        rows = {photo.digest: shelf.read(photo.digest) for photo in photos}
        absent = [photo for photo in photos if rows[photo.digest] is None]
        if absent:
            made = self._make(absent, shelf)
            rows |= zip([photo.digest for photo in absent], made, strict=True)
        return np.stack([np.asarray(rows[photo.digest], np.float16) for photo in photos])

    def rest(self) -> None:
        """Bring what was made to the disk and let go of the files."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _open(self) -> FeatureStore:
        if self._store is None:
            self._store = FeatureStore(self._cache)
        return self._store

    def _make(self, photos: Sequence[PhotoFile], shelf: Shelf) -> NDArray[np.float16]:
        try:
            images = self._read(photos)  # (N, 3, S, S)
        except DragonError:
            if len(photos) == 1:  # its file is damaged: like nothing, and looked at again next time
                return np.zeros((1, self.width), np.float16)
            return np.concatenate([self._make([photo], shelf) for photo in photos])
        with torch.inference_mode():
            rows = halved(self._portions.each(self._run, images), self._depth).numpy()  # (N, D)
        shelf.put([photo.digest for photo in photos], list(rows))
        if time.monotonic() - self._flushed_s > FLUSH_S:
            self._flushed_s = time.monotonic()
            shelf.flush()
        return np.asarray(rows, np.float16)

    def _read(self, photos: Sequence[PhotoFile]) -> torch.Tensor:
        files = [TrainingPhoto(path=p.path, digest=p.digest, target=0) for p in photos]
        shelf = self._open().shelf(compact_key(self._transform))
        compacts = CompactPhotos(files, self._transform, shelf=shelf, budget=Budget())
        return train_views(
            compacts.batch(range(len(files)), keeps=False),
            self._transform,
            Augment.OFF,
            chance=chances([photo.digest for photo in photos], EVAL),
            device=self._device,
        )

    def _run(self, images: torch.Tensor) -> torch.Tensor:
        with autocast(self._arithmetic, self._device):
            vectors: torch.Tensor = self._body(lay_out(images, self._arithmetic))  # (N, D)
            return vectors

    def _measured_width(self) -> int:
        side = self._transform.crop_px
        with torch.inference_mode():
            return int(self._run(torch.zeros(1, 3, side, side, device=self._device)).shape[1])


def fit_head(
    rows: Floats,
    targets: NDArray[np.int64],
    *,
    classes: int,
    start: DraftHead | None,
    should_stop: ShouldStop,
) -> DraftHead:
    """Return a last layer for rows (N, D) with classes (N,), near enough to the best for a draft.

    The strength of `start` stays until there are twice as many labels: that is a fit, not seventy.
    """
    examples = Examples(
        features=torch.from_numpy(rows), targets=torch.from_numpy(targets), classes=classes
    )
    known = start if start is not None and len(start.bias) == classes else None
    labels = len(targets)
    try:
        if known is None or labels >= GROWN * known.labels:
            found = fit(examples, should_stop=should_stop)
        else:
            labels = known.labels
            found = refit(examples, _as_start(known), gap=DRAFT_GAP, should_stop=should_stop)
    except StoppedError as error:
        raise TrainingError("The suggestions were stopped before they were ready.") from error
    weight = found.weight / found.scale  # (C, D)
    return DraftHead(
        weight=weight.numpy(),
        bias=(found.bias - weight @ found.mean).numpy(),
        strength=found.strength,
        labels=labels,
    )


def _as_start(head: DraftHead) -> LinearHead:
    weight = torch.from_numpy(head.weight)
    return LinearHead(
        weight=weight,
        bias=torch.from_numpy(head.bias),
        mean=torch.zeros(weight.shape[1]),
        scale=torch.ones(()),
        strength=head.strength,
        fold_accuracy=None,
    )
