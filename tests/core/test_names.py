import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragon_app.core.errors import ClassNameError
from dragon_app.core.names import COLOURS, clean_name, name_key, next_colour, shown_name


def test_spaces_are_trimmed_and_joined() -> None:
    assert clean_name("  Sir \t Robin \n") == "Sir Robin"


@pytest.mark.parametrize("name", ["", "   ", "\n\t", "\u200b", "\u200b \ufeff"])
def test_a_name_must_be_visible(name: str) -> None:
    with pytest.raises(ClassNameError):
        clean_name(name)


def test_composed_and_decomposed_letters_are_the_same_name() -> None:
    assert clean_name("Dra\u0308che") == clean_name("Dr\u00e4che") == "Dr\u00e4che"


@pytest.mark.parametrize(
    ("one", "other"), [("Dragon", "dRAGON"), ("STRASSE", "straße"), ("E\u0301cu", "\u00e9CU")]
)
def test_names_that_differ_in_case_are_the_same(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_eighty_characters_are_allowed() -> None:
    assert len(clean_name("x" * 80)) == 80


def test_letters_are_counted_after_composing() -> None:
    assert len(clean_name("e\u0301" * 80)) == 80


def test_eighty_one_characters_are_too_many() -> None:
    with pytest.raises(ClassNameError, match="at most 80 characters; this one has 81"):
        clean_name("x" * 81)


@pytest.mark.parametrize("letter", ["\x00", "\x07", "\x1b", "\x7f", "\ud800"])
def test_control_characters_and_broken_bytes_are_refused(letter: str) -> None:
    with pytest.raises(ClassNameError, match="control"):
        clean_name(f"dragon{letter}fly")


def test_letters_newer_than_this_python_are_allowed() -> None:
    # U+1FAE9 came with Unicode 16, which Python 3.11 does not know.
    assert clean_name("tired \U0001fae9") == "tired \U0001fae9"


@pytest.mark.parametrize(
    "name", ["ドラゴン", "תנין", "👩‍🚒", "नाग", "<b>&amp;</b>", "../etc", "=1+1"]
)
def test_names_of_any_script_are_kept_as_they_are(name: str) -> None:
    assert clean_name(name) == name


@given(st.text())
def test_cleaning_twice_changes_nothing(name: str) -> None:
    try:
        once = clean_name(name)
    except ClassNameError:
        return
    assert clean_name(once) == once


@given(st.text())
def test_a_shown_name_can_be_stored_and_printed_on_one_line(name: str) -> None:
    shown = shown_name(name)
    shown.encode()
    assert len(shown) == len(name)
    assert "\n" not in shown
    assert "\x1b" not in shown


def test_a_shown_name_keeps_what_can_be_shown() -> None:
    assert shown_name("Löwe 1.jpg\udcff") == "Löwe 1.jpg\ufffd"


def test_every_colour_is_used_before_one_comes_again() -> None:
    used: list[str] = []
    for _ in range(3 * len(COLOURS)):
        used.append(next_colour(used))
    assert used == [*COLOURS, *COLOURS, *COLOURS]
