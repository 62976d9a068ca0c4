from pathlib import Path

from dragon_app.wiring import open_app
from tests.cli.conftest import Shell
from tests.photos import incoming, photo_bytes


def test_the_shell_lists_what_is_worth_another_look(shell: Shell, folder: Path) -> None:
    app = open_app(folder)
    for name, seeds, brighter in (
        ("dark", range(6), 0), ("light", range(10, 16), 30), ("dark", [15], 20),
    ):  # fmt: skip
        app.dataset.add(
            [
                incoming(photo_bytes(seed, brighter=brighter), f"{seed}.png", class_name=name)
                for seed in seeds
            ]
        )
    app.close()
    answer = shell("inbox", "--json").answer
    assert (answer["status"], answer["gain"]) == ("ready", None)
    first = answer["findings"][0]
    assert (first["image_id"], first["class"], first["suggestion"]) == (13, "dark", "light")
    assert first["kinds"][0] == "twins"
    shown = shell("inbox", "--most", "1")
    assert shown.out.startswith("15.png: It looks almost the same as a photo of light")


def test_the_shell_says_when_there_is_nothing_to_look_at(shell: Shell, folder: Path) -> None:
    open_app(folder).close()
    outcome = shell("inbox")
    assert (outcome.code, outcome.out) == (0, "There is no photo yet. Add some on Label.\n")
