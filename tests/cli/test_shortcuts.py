from pathlib import Path

from tests.cli.conftest import Shell
from tests.photos import framed_bytes, write_photos


def test_the_shell_tells_of_a_shortcut(shell: Shell, tmp_path: Path) -> None:
    write_photos(tmp_path / "in" / "Rose", range(10))
    (tmp_path / "in" / "Tulip").mkdir()
    for seed in range(20, 30):
        (tmp_path / "in" / "Tulip" / f"{seed}.png").write_bytes(framed_bytes(seed))
    shell("add", tmp_path / "in")
    answer = shell("shortcuts", "--json").answer
    assert {each["cue"] for each in answer["shortcuts"]} == {"border"}
    assert "The colour of the border alone tells" in shell("shortcuts").out
    assert shell("shortcuts", "--run", "7").code == 2
