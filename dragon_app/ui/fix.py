"""The Fix tab: photos worth another look, one after the other, each put right with one key."""

from dragon_app.ui.component import component


def build() -> None:
    """Place the tab's parts."""
    component("fix")
