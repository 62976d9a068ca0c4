"""Which arithmetic is taken, and that looking for it leaves no trace in a training."""

from pathlib import Path

import pytest
import torch

from dragon_app.core.config import Arithmetic
from dragon_app.vision import calibration
from dragon_app.vision.backbone import Network, random_network
from dragon_app.vision.calibration import calibrate, fastest, known_fastest, resolve
from dragon_app.vision.measurements import Subject
from dragon_app.vision.observer import Observer, StoppedError

NAME, SIZE = "shufflenet_v2_x0_5", 32
SUBJECT = Subject(backbone=NAME, image_size_px=SIZE, device=torch.device("cpu"))
QUIET = Observer(lambda _: None, lambda: False)
F32, LAST, BF16 = Arithmetic.FLOAT32, Arithmetic.FLOAT32_LAST, Arithmetic.BFLOAT16


@pytest.fixture
def network() -> Network:
    generator = torch.Generator().manual_seed(0)
    return random_network(NAME, classes=3, image_size_px=SIZE, generator=generator)


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[Arithmetic]:
    """What was tried; bfloat16 fails, and channels last takes a third of the time."""
    tried: list[Arithmetic] = []

    def try_one(network: Network, images: torch.Tensor, arithmetic: Arithmetic) -> float:
        tried.append(arithmetic)
        if "bfloat16" in arithmetic:
            raise RuntimeError("not implemented for 'BFloat16'")
        return 0.1 if arithmetic is LAST else 0.3

    monkeypatch.setattr(calibration, "_pass", try_one)
    return tried


def test_a_clear_win_is_taken_and_a_small_one_is_not() -> None:
    assert fastest({F32: 1.0, BF16: 0.5}) is BF16
    assert fastest({F32: 1.0, BF16: 0.97}) is F32


def test_every_candidate_is_measured_on_a_real_network(network: Network) -> None:
    seconds = calibrate(network, SUBJECT, QUIET)
    assert F32 in seconds
    assert len(seconds) >= 2
    assert all(each > 0 for each in seconds.values())


def test_nothing_of_the_training_is_touched(network: Network) -> None:
    network.body.requires_grad_(False)
    weights = {name: value.clone() for name, value in network.state_dict().items()}
    before = torch.get_rng_state()
    calibrate(network, SUBJECT, QUIET)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(value, weights[name]) for name, value in network.state_dict().items())
    assert not any(each.requires_grad for each in network.body.parameters())


def test_the_answer_is_kept(network: Network, passes: list[Arithmetic], tmp_path: Path) -> None:
    assert resolve(Arithmetic.AUTO, network, SUBJECT, folder=tmp_path, observer=QUIET) is LAST
    passes.clear()
    assert resolve(Arithmetic.AUTO, network, SUBJECT, folder=tmp_path, observer=QUIET) is LAST
    assert not passes
    assert known_fastest(SUBJECT, tmp_path) is LAST


def test_what_fails_is_not_tried_again(network: Network, passes: list[Arithmetic]) -> None:
    assert set(calibrate(network, SUBJECT, QUIET)) == {F32, LAST}
    assert passes.count(BF16) == 1


@pytest.mark.parametrize("text", ["", "[]", '{"facts": 1}', "{", '{"measured": {"x": 1}}'])
def test_a_damaged_file_is_measured_again(
    network: Network, passes: list[Arithmetic], tmp_path: Path, text: str
) -> None:
    resolve(Arithmetic.AUTO, network, SUBJECT, folder=tmp_path, observer=QUIET)
    (file,) = tmp_path.rglob("*.json")
    file.write_text(text)
    passes.clear()
    assert resolve(Arithmetic.AUTO, network, SUBJECT, folder=tmp_path, observer=QUIET) is LAST
    assert passes
    assert known_fastest(SUBJECT, tmp_path) is LAST


def test_values_of_another_kind_count_as_none(network: Network, tmp_path: Path) -> None:
    resolve(Arithmetic.AUTO, network, SUBJECT, folder=tmp_path, observer=QUIET)
    (file,) = tmp_path.rglob("*.json")
    file.write_text(file.read_text().replace('"float32"', '"float31"'))
    assert known_fastest(SUBJECT, tmp_path) is None


def test_what_was_asked_for_is_not_measured(network: Network, tmp_path: Path) -> None:
    assert resolve(BF16, network, SUBJECT, folder=tmp_path, observer=QUIET) is BF16
    assert not list(tmp_path.iterdir())


def test_a_stopped_calibration_keeps_nothing(network: Network, tmp_path: Path) -> None:
    stopped = Observer(lambda _: None, lambda: True)
    with pytest.raises(StoppedError):
        resolve(Arithmetic.AUTO, network, SUBJECT, folder=tmp_path, observer=stopped)
    assert not list(tmp_path.rglob("*.json"))


def test_a_folder_that_cannot_be_written_ends_no_training(
    network: Network, passes: list[Arithmetic], tmp_path: Path
) -> None:
    folder = tmp_path / "cache"
    folder.write_text("no folder")
    assert resolve(Arithmetic.AUTO, network, SUBJECT, folder=folder, observer=QUIET) is LAST
