"""Where a run stands, in a file."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
import torch

from dragon_app.core.config import Arithmetic
from dragon_app.core.errors import TrainingError, WeightsError
from dragon_app.vision import standing as module
from dragon_app.vision.learning import Place, Tally
from dragon_app.vision.standing import BestThen, Standing, load, save
from dragon_app.vision.transforms import EvalTransform


@pytest.fixture
def standing() -> Standing:
    """A run two steps into its second epoch."""
    tally = Tally(steps=2, photos=3, loss=1 / 3, hits=2, seconds=0.1, lrs=(0.1, 1e-5))
    return Standing(
        place=Place(epoch=2, elapsed_s=1.5, parts=[[3, 1], [0], [2, 4]], tally=tally),
        best=BestThen(
            folder="best-0001", epoch=1, loss=0.7, confusion=((1, 0), (2, 3)), is_balanced=True
        ),
        network={"head.weight": torch.rand(2, 3), "head.steps": torch.tensor(5)},
        optimizer={0: {"exp_avg": torch.rand(2, 3), "step": torch.tensor(2.0)}, 11: {}},
        scaler={"scale": 65536.0, "_growth_tracker": 3},
        random={"torch": torch.get_rng_state()},
        transform=EvalTransform(resize_px=36, crop_px=32),
        weights="none",
        weights_digest="w1",
        arithmetic=Arithmetic.BFLOAT16,
        halvings=1,
    )


def test_what_was_saved_is_read(standing: Standing, tmp_path: Path) -> None:
    digest = save(standing, tmp_path / "run" / "x")
    assert digest == sha256((tmp_path / "run" / "x").read_bytes()).hexdigest()
    again = load(tmp_path / "run" / "x")
    for name in (
        "place",
        "best",
        "scaler",
        "transform",
        "weights_digest",
        "arithmetic",
        "halvings",
    ):
        assert getattr(again, name) == getattr(standing, name)
    assert again.network.keys() == standing.network.keys()
    assert all(again.network[name].equal(tensor) for name, tensor in standing.network.items())
    assert again.optimizer.keys() == {0}  # the other has nothing yet
    assert again.optimizer[0]["step"].equal(torch.tensor(2.0))
    assert again.optimizer[0]["exp_avg"].equal(standing.optimizer[0]["exp_avg"])
    assert again.random["torch"].equal(standing.random["torch"])
    assert list((tmp_path / "run").iterdir()) == [tmp_path / "run" / "x"]


def test_a_run_that_has_not_begun_its_epoch_is_read(standing: Standing, tmp_path: Path) -> None:
    standing.place.parts, standing.place.tally = [], Tally()
    save(standing, tmp_path / "x")
    assert load(tmp_path / "x").place == standing.place


@pytest.mark.parametrize(
    "damage", [lambda data: data[:99], lambda data: b"", lambda data: b"{}" * 99]
)
def test_a_damaged_file_says_so(
    standing: Standing, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    save(standing, tmp_path / "x")
    (tmp_path / "x").write_bytes(damage((tmp_path / "x").read_bytes()))
    with pytest.raises(WeightsError, match="missing or damaged"):
        load(tmp_path / "x")


def test_another_format_is_told_apart_from_damage(
    standing: Standing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(standing, tmp_path / "x")
    monkeypatch.setattr(module, "FORMAT", 99)
    with pytest.raises(WeightsError, match="another version"):
        load(tmp_path / "x")


def test_a_disk_that_refuses_is_told_and_leaves_nothing(
    standing: Standing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(TrainingError, match=r"No space left.*Make room there"):
        save(standing, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []
