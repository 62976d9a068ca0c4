"""How the page looks: system fonts, parchment and ink, one heraldic red. Light and dark."""

import inspect
import re
from pathlib import Path

import gradio as gr

from dragon_app.ui.component import script, styles

_STATIC = Path(__file__).parent / "static"
_FONT = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
PAPER, DARK_PAPER = "#faf7f1", "#191714"  # literal: shown before the style sheet is there

# Gradio's tokens by what they paint; the first pattern that fits a whole name decides. The values
# are our own variables, which change with light and dark, so that both twins take the same.
_TOKENS = (
    ("body_text_color", "var(--ink)"),
    (r".*(subdued|placeholder|info_text).*color", "var(--quiet)"),
    (r".*shadow.*", "none"),
    (r"error_(text|icon)_color", "var(--bad)"),
    (r"error_border_color", "var(--bad)"),
    (r"error_background_fill", "var(--card)"),
    (r"button_primary_text_color.*", "var(--accent-ink)"),
    (r"button_primary_(background_fill|border_color)_hover", "var(--accent-hover)"),
    (r"button_primary_(background_fill|border_color)", "var(--accent)"),
    (r"button_cancel_(text|border)_color.*", "var(--bad)"),
    (r"button_.*text_color.*", "var(--ink)"),
    (r"button_.*border_color.*", "var(--edge)"),
    (r"button_.*background_fill_hover", "var(--sunken)"),
    (r"button_.*background_fill", "var(--card)"),
    (r"link_text_color.*", "var(--focus)"),
    (r"(color_accent|loader_color|slider_color|border_color_accent)", "var(--accent)"),
    (r"(color_accent_soft|border_color_accent_subdued|table_row_focus)", "var(--accent-soft)"),
    (r"checkbox_(background|border)_color_selected", "var(--accent)"),
    (r"(checkbox_border_color.*|input_border_color)", "var(--edge)"),
    (r"input_border_color_(focus|hover)", "var(--focus)"),
    (r".*border_color.*", "var(--line)"),
    (r".*text_color.*", "var(--ink)"),
    (r"(background_fill_secondary|code_background_fill|stat_background_fill)", "var(--sunken)"),
    (r"(table_odd_background_fill|checkbox_label_background_fill_.*)", "var(--sunken)"),
    (r"block_(label|title)_background_fill", "transparent"),
    (r".*background_(fill|color).*", "var(--card)"),
)
_OTHERS = {
    "block_border_width": "0px",
    "block_label_border_width": "0px",
    "block_padding": "0px",
    "block_radius": "10px",
    "button_border_width": "1px",
    "button_large_radius": "8px",
    "button_medium_radius": "8px",
    "button_small_radius": "8px",
    "input_radius": "8px",
    "layout_gap": "16px",
    "panel_border_width": "0px",
}


def painted() -> dict[str, str]:
    """Return a value for every token of Gradio that paints something, dark twins included."""
    names = inspect.signature(gr.themes.Base.set).parameters
    values = {
        name: value
        for name in names
        for pattern, value in [_rule(name.removesuffix("_dark"))]
        if pattern
    }
    values |= _OTHERS
    return values | {"body_background_fill": PAPER, "body_background_fill_dark": DARK_PAPER}


def head() -> str:
    """Return the style sheet and `window.dragon`, which every component's script leans on."""
    return "\n".join(
        (
            f'<meta name="theme-color" content="{PAPER}">',
            f"<style>{styles()}</style>",
            f"<script>{script('dragon')}</script>",
        )
    )


def icon_file() -> Path:
    """Return the mark of the app, for the browser's tab and an installed app."""
    return _STATIC / "icon.svg"


def _rule(name: str) -> tuple[str, str]:
    return next(((p, value) for p, value in _TOKENS if re.fullmatch(p, name)), ("", ""))


THEME = gr.themes.Base(font=_FONT, font_mono=["ui-monospace", "Consolas", "monospace"]).set(
    **painted()
)
