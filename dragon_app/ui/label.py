"""The Label tab: drop photos, say what is on them."""

from dragon_app.core.names import COLOURS
from dragon_app.ui.component import component


def build() -> None:
    """Place the tab's parts."""
    component("label", colours=COLOURS)
