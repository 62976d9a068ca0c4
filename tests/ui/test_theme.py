"""The look: no token of Gradio left to chance, every text readable."""

import inspect
import re
from pathlib import Path

import gradio as gr
import pytest

from dragon_app.ui import theme
from dragon_app.ui.component import styles

_BASE = Path(theme.__file__).parent / "static" / "00-base.css"
_PAINTS = re.compile(r"color|fill|shadow")
_AA_TEXT, _AA_EDGE = 4.5, 3.0


def colours(block: str) -> dict[str, str]:
    found = re.search(re.escape(block) + r" \{(.*?)\}", _BASE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", found[1]))


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_token_that_paints_is_ours_in_light_and_dark() -> None:
    names = [n for n in inspect.signature(gr.themes.Base.set).parameters if _PAINTS.search(n)]
    assert set(names) - theme.painted().keys() == set()


@pytest.mark.parametrize("block", [":root", ".dark"])
def test_every_text_is_readable_on_every_surface(block: str) -> None:
    shown = colours(block)
    surfaces = ("paper", "card", "sunken", "accent-soft")
    texts = ("ink", "quiet", "accent", "good", "warn", "bad", "focus")
    weak = [
        (text, surface, round(contrast(shown[text], shown[surface]), 2))
        for text in texts
        for surface in surfaces
        if contrast(shown[text], shown[surface]) < _AA_TEXT
    ]
    assert weak == []
    for fill in ("accent", "accent-hover"):
        assert contrast(shown["accent-ink"], shown[fill]) >= _AA_TEXT
    for tint in ("ice", "warm"):
        assert contrast(shown[f"{tint}-ink"], shown[tint]) >= _AA_TEXT


@pytest.mark.parametrize("block", [":root", ".dark"])
def test_edges_of_controls_can_be_seen(block: str) -> None:
    shown = colours(block)
    for edge in ("edge", "focus", "ice-edge", "warm-edge"):
        for surface in ("paper", "card", "sunken"):
            assert contrast(shown[edge], shown[surface]) >= _AA_EDGE


def test_first_paint_has_the_colours_of_the_style_sheet() -> None:
    assert colours(":root")["paper"] == theme.PAPER
    assert colours(".dark")["paper"] == theme.DARK_PAPER


def test_no_style_sheet_fetches_anything() -> None:
    assert "url(" not in styles()
    assert "@import" not in styles()
