"""The Try tab: show the model a photo that it has not seen."""

from dragon_app.ui.component import component


def build() -> None:
    """Place the tab's parts."""
    component("trying")
