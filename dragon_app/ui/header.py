"""The header above the tabs: the mark, the workspace, whether all is saved, light or dark."""

from dragon_app.ui.component import component


def build() -> None:
    """Place the header."""
    component("header")
