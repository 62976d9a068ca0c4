"""Photos as vectors, on a small network with weights of its own."""

from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from dragon_app.core.config import Augment, FinetuneConfig, Freeze, Optimizer, WeightsSource
from dragon_app.core.training import CacheFolder, RunFolders
from dragon_app.core.vectors import PhotoFile
from dragon_app.features.recall import Recall, noted_vectors
from dragon_app.vision.embedding import DRAFT_GAP, StarterEmbedder, fit_head
from dragon_app.vision.finetune import finetune
from dragon_app.vision.linear_head import Examples, fit
from tests.vision.conftest import MakePhotos

QUICK = FinetuneConfig(
    backbone="regnet_y_400mf",
    weights=WeightsSource.STARTER,
    image_size_px=32,
    optimizer=Optimizer.EXACT,
    freeze=Freeze.BACKBONE,
    epochs=1,
    augment=Augment.OFF,
    device="cpu",
)


def test_a_quick_look_finds_the_vectors_and_they_are_its_own(
    tmp_path: Path, make_photos: MakePhotos
) -> None:
    photos = make_photos()
    cache = CacheFolder(path=tmp_path / "cache")
    files = [PhotoFile(path=p.path, digest=p.digest) for p in (*photos.train, *photos.val)]
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    embedder = StarterEmbedder(cache, should_stop=lambda: False, config=QUICK)
    rows = embedder.rows([*files, PhotoFile(path=broken, digest="broken")])
    embedder.rest()
    key = noted_vectors(cache)
    assert key is not None
    with Recall(cache, key) as shelf:
        recalled = shelf.rows([file.digest for file in files])
    np.testing.assert_array_equal(np.array(recalled), rows[:-1])
    assert rows.dtype == np.float16
    assert rows.shape == (len(files) + 1, 440)
    assert not rows[-1].any()
    assert rows[:-1].any(1).all()
    words: list[object] = []
    folders = RunFolders(checkpoints=tmp_path / "run", cache=cache)
    finetune(QUICK, photos, folders, report=words.append, should_stop=lambda: False)
    assert not [each for each in words if "Looking at photos" in str(each)]
    for file in files:
        file.path.unlink()  # from now on only what is kept can answer
    np.testing.assert_array_equal(embedder.rows(files), rows[:-1])
    embedder.rest()


def test_a_refit_is_as_good_as_a_fit_from_nothing() -> None:
    random = np.random.default_rng(0)
    targets = np.arange(300) % 3
    rows = (random.normal(size=(3, 8))[targets] + random.normal(size=(300, 8))).astype(np.float32)
    early = fit_head(rows[:200], targets[:200], classes=3, start=None, should_stop=lambda: False)
    late = fit_head(rows, targets, classes=3, start=early, should_stop=lambda: False)
    assert late.strength == early.strength
    examples = Examples(
        features=torch.from_numpy(rows), targets=torch.from_numpy(targets), classes=3
    )
    best = fit(examples, strength=early.strength)
    least = functional.cross_entropy(best.scores(examples.features), examples.targets)
    likely = torch.from_numpy(late.probabilities(rows))
    assert functional.nll_loss(likely.log(), examples.targets) < least + 5 * DRAFT_GAP


def test_twice_the_labels_choose_the_strength_anew() -> None:
    random = np.random.default_rng(1)
    targets = np.arange(80) % 2
    rows = (targets[:, None] * 2 + random.normal(size=(80, 4))).astype(np.float32)
    early = fit_head(rows[:40], targets[:40], classes=2, start=None, should_stop=lambda: False)
    assert early.labels == 40
    assert fit_head(rows, targets, classes=2, start=early, should_stop=lambda: False).labels == 80
