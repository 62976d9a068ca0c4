"""The same training once more gives the same model to the last bit, with real networks."""

from dataclasses import replace
from pathlib import Path

from dragon_app.core.config import Arithmetic, Augment, FinetuneConfig, Freeze, WeightsSource
from dragon_app.core.training import RunStatus
from dragon_app.wiring import open_app
from tests.photos import incoming_photos

CONFIG = FinetuneConfig(
    backbone="shufflenet_v2_x0_5",
    weights=WeightsSource.NONE,
    freeze=Freeze.ALL_BUT_LAST_STAGE,
    unfreeze_after=1,
    image_size_px=32,
    epochs=2,
    batch_size=4,
    augment=Augment.LIGHT,
    device="cpu",
    arithmetic=Arithmetic.FLOAT32,
)


def test_a_run_trained_again_just_so_is_the_same_to_the_last_bit(folder: Path) -> None:
    app = open_app(folder)
    try:
        app.dataset.add(
            [*incoming_photos(range(6), "dark"), *incoming_photos(range(6, 12), "light")]
        )
        first = app.runs.wait(app.runs.start(CONFIG).id)
        app.labelling.assign([1, 7], None)  # what was said since makes no difference
        other = app.runs.wait(app.runs.start(replace(CONFIG, seed=1)).id)
        again = app.runs.wait(app.repeating.start(first.id).id)
    finally:
        app.close()
    assert (first.status, again.status) == (RunStatus.FINISHED, RunStatus.FINISHED)
    assert len(first.digest) == 64
    assert again.digest == first.digest != other.digest
    assert (again.val_accuracy, again.val_confusion) == (first.val_accuracy, first.val_confusion)
