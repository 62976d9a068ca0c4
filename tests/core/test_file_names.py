import pytest

from dragon_app.core.file_names import FileNames, safe_name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Löwe im Zoo.jpg", "Löwe im Zoo.jpg"),
        ("a/b\\c:d.png", "a_b_c_d.png"),
        ("..", "photo"),
        ("", "photo"),
        (".hidden.png", "hidden.png"),
        ("=cmd.png", "_=cmd.png"),
        ("-rf", "_-rf"),
        ("CON.png", "_CON.png"),
        ("com1", "_com1"),
        ("ends in a dot. ", "ends in a dot"),
        ("x\u202egnp.exe", "x_gnp.exe"),
        ("a\x00b", "a_b"),
    ],
)
def test_a_name_is_fit_for_every_system(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_long_name_is_cut_to_what_file_systems_take() -> None:
    assert len(safe_name("\U0001f409" * 500).encode()) <= 240


def test_every_name_stands_once_whatever_its_case() -> None:
    names = FileNames()
    asked = ["a.jpg", "A.JPG", "a (2).jpg", "a.jpg", "a"]
    found = [names.take(each, (".jpg", ".jpeg")) for each in asked]
    assert found == ["a.jpg", "A (2).JPG", "a (2) (2).jpg", "a (3).jpg", "a (4).jpg"]


def test_a_suffix_that_does_not_fit_the_format_is_followed_by_one_that_does() -> None:
    assert FileNames().take("a.png", (".jpg", ".jpeg")) == "a.png.jpg"
    assert FileNames().take("a.JPEG", (".jpg", ".jpeg")) == "a.JPEG"
