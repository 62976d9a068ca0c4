from pathlib import Path

from dragon_app.core.machine import program_versions, provenance_now, this_machine
from dragon_app.core.provenance import Origin


def test_the_processor_is_called_by_the_name_that_the_system_tells(tmp_path: Path) -> None:
    told = tmp_path / "cpuinfo"
    told.write_text("processor\t: 0\nmodel name\t: Dragon 9 @ 2 GHz\nmodel name\t: second\n")
    assert this_machine(told).processor == "Dragon 9 @ 2 GHz"


def test_a_system_that_tells_little_is_described_all_the_same(tmp_path: Path) -> None:
    machine = this_machine(tmp_path / "nothing")
    assert machine.cores >= 1
    assert machine.system


def test_a_beginning_has_the_versions_of_what_computes() -> None:
    assert {"dragon", "python", "torch", "torchvision", "numpy"} <= program_versions().keys()
    now = provenance_now(Origin(weights_digest="", device="cpu", threads=1))
    assert now.versions == program_versions()
    assert now.began_at.tzinfo is not None
