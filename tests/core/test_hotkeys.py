from dataclasses import replace

import pytest

from dragon_app.core.errors import ClassNameError
from dragon_app.core.hotkeys import clean_hotkey, keys
from dragon_app.core.types import ImageClass


def classes(*hotkeys: str | None) -> list[ImageClass]:
    return [
        ImageClass(
            id=number, name=f"class {number}", colour="#000000", hotkey=hotkey, key_place=number
        )
        for number, hotkey in enumerate(hotkeys, 1)
    ]


def test_classes_without_a_key_of_their_own_have_the_digit_of_their_place() -> None:
    assert list(keys(classes(*[None] * 11)).values()) == list("1234567890")


def test_a_digit_that_is_a_class_s_own_is_no_other_s() -> None:
    assert keys(classes(None, None, "1")) == {2: "2", 3: "1"}


def test_classes_keep_their_digits_when_one_before_them_goes() -> None:
    assert keys(classes(None, None, None)[1:]) == {2: "2", 3: "3"}


def test_a_disabled_class_has_no_key_and_its_place_waits() -> None:
    first, second, third = classes("d", None, "d")
    assert keys([replace(first, is_disabled=True), second, third]) == {2: "2", 3: "d"}


@pytest.mark.parametrize(("text", "key"), [(" D ", "d"), ("7", "7"), ("\u00dc", "\u00fc")])
def test_a_key_is_one_letter_or_digit_in_lower_case(text: str, key: str) -> None:
    assert clean_hotkey(text) == key


@pytest.mark.parametrize("text", ["", "ab", "/", "?", " ", "\u200f", "${}", "x" * 10_000])
def test_what_is_no_letter_or_digit_is_refused(text: str) -> None:
    with pytest.raises(ClassNameError, match="one letter or one digit"):
        clean_hotkey(text)


@pytest.mark.parametrize("text", ["u", "U", "x", "s", "k", "h"])
def test_keys_of_the_board_are_refused(text: str) -> None:
    with pytest.raises(ClassNameError, match="Choose another"):
        clean_hotkey(text)
