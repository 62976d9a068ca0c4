"""Weight files: sound or refused, fitting or named misfits."""

import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from dragon_app.core.config import WeightsSource
from dragon_app.core.errors import WeightsError
from dragon_app.vision import sources, weights
from dragon_app.vision.backbone import Network, empty_network, random_network

NAME = "squeezenet1_1"


@pytest.fixture
def state() -> dict[str, Tensor]:
    """Weights as torchvision publishes them, the old head included."""
    generator = torch.Generator().manual_seed(0)
    body = random_network(NAME, classes=2, image_size_px=64, generator=generator).body
    head = {"classifier.1.weight": torch.ones(1000, 512, 1, 1), "classifier.1.bias": torch.ones(9)}
    return {**body.state_dict(), **head}


def _fill(path: Path, name: str = NAME) -> Network:
    network = empty_network(name, classes=2, image_size_px=64)
    weights.fill(network, sources.choose(WeightsSource.FILE, name, str(path)), name)
    return network


def test_a_safetensors_file_fills_the_body_and_not_the_head(
    tmp_path: Path, state: dict[str, Tensor]
) -> None:
    path = tmp_path / "own.safetensors"
    save_file(state, path)
    network = _fill(path)
    assert network.body.get_parameter("features.0.weight").equal(state["features.0.weight"])
    assert network.head.linear.weight.count_nonzero() == 0


def test_a_pth_file_of_torchvision_is_read(tmp_path: Path, state: dict[str, Tensor]) -> None:
    path = tmp_path / "own.pth"
    torch.save(state, path)
    network = _fill(path)
    assert network.body.get_parameter("features.0.weight").equal(state["features.0.weight"])


def test_half_precision_becomes_single(tmp_path: Path, state: dict[str, Tensor]) -> None:
    path = tmp_path / "own.safetensors"
    save_file({name: tensor.half() for name, tensor in state.items()}, path)
    assert _fill(path).body.get_parameter("features.0.weight").dtype is torch.float32


def test_weights_of_another_network_name_the_first_misfits(
    tmp_path: Path, state: dict[str, Tensor]
) -> None:
    path = tmp_path / "own.safetensors"
    state["features.0.weight"] = torch.zeros(1, 2)
    del state["features.3.squeeze.bias"]
    save_file(state, path)
    expected = r"features\.0\.weight is 1x2 in the file, 64x3x3x3 in the backbone; .*is missing"
    with pytest.raises(WeightsError, match=expected):
        _fill(path)


def test_tensors_that_the_backbone_does_not_know_are_refused(
    tmp_path: Path, state: dict[str, Tensor]
) -> None:
    path = tmp_path / "own.safetensors"
    save_file({**state, "extra.weight": torch.zeros(1)}, path)
    with pytest.raises(WeightsError, match=r"extra\.weight is unknown to it"):
        _fill(path)


def test_extra_heads_in_torchvisions_files_are_left_out(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(0)
    network = random_network("googlenet", classes=2, image_size_px=64, generator=generator)
    path = tmp_path / "own.safetensors"
    save_file({**network.body.state_dict(), "aux1.fc2.bias": torch.zeros(1000)}, path)
    _fill(path, "googlenet")


def test_the_old_names_in_densenet_files_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "own.pth"
    torch.save({"features.denseblock1.denselayer1.norm.1.weight": torch.zeros(1)}, path)
    assert list(weights.read_tensors(path)) == [
        "features.denseblock1.denselayer1.norm1.weight",
    ]


def test_the_starter_is_read_whole() -> None:
    name = "regnet_y_400mf"
    network = empty_network(name, classes=2, image_size_px=128)
    weights.fill(network, sources.choose(WeightsSource.STARTER, name), name)
    own = sources.starter()
    assert own is not None
    half = load_file(own.path)["stem.0.weight"]
    assert network.body.get_parameter("stem.0.weight").equal(half.float())


def test_a_file_with_a_wrong_checksum_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "own.safetensors"
    save_file({"a": torch.zeros(1)}, path)
    with pytest.raises(WeightsError, match="damaged: its checksum is wrong"):
        weights.read_tensors(path, sha256_prefix="00000000")


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.pth"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb/data.pkl", b"\0" * 10**8)
    with pytest.raises(WeightsError, match="not laid out like torchvision's weights"):
        weights.read_tensors(path)


def test_code_in_a_pth_file_is_not_run(tmp_path: Path) -> None:
    path = tmp_path / "code.pth"
    torch.save({"a": Path.home}, path)
    with pytest.raises(WeightsError, match="more than tensors"):
        weights.read_tensors(path)


def test_a_whole_pickled_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "nested.pth"
    torch.save({"model": {"a": torch.zeros(1)}}, path)
    with pytest.raises(WeightsError, match=r"save the network's state_dict\(\)"):
        weights.read_tensors(path)


@pytest.mark.parametrize("content", [b"", b"\x80\x02}q\x00.", b"GIF89a" * 10])
def test_a_file_that_is_no_weights_says_what_to_give(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "legacy.pth"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"Give a \.safetensors file"):
        weights.read_tensors(path)


def test_an_old_pickle_is_read_only_when_its_hash_is_known(tmp_path: Path) -> None:
    path = tmp_path / "net.pth"
    torch.save({"a": torch.ones(2)}, path, _use_new_zipfile_serialization=False)
    known = weights.file_sha256(path)[:8]
    assert weights.read_tensors(path, sha256_prefix=known)["a"].tolist() == [1, 1]
    with pytest.raises(WeightsError, match="cannot be read as weights"):
        weights.read_tensors(path)


def test_a_truncated_pth_file_is_refused(tmp_path: Path, state: dict[str, Tensor]) -> None:
    path = tmp_path / "own.pth"
    torch.save(state, path)
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(WeightsError):
        weights.read_tensors(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"no weights file at .*gone"):
        weights.read_tensors(tmp_path / "gone.pth")
