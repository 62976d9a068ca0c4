"""The Train tab: choose how, press one button, watch."""

from dragon_app.ui.component import component


def build() -> None:
    """Place the tab's parts."""
    component("train")
