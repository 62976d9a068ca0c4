"""The Results tab: every run, how good it is, which one Try uses."""

from dragon_app.ui.component import component


def build() -> None:
    """Place the tab's parts."""
    component("results")
