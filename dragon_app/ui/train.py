"""The Train tab: choose how, press one button, watch."""

from dragon_app.ui.component import component
from dragon_app.wiring import Session


def build(session: Session) -> None:
    """Place the tab's parts."""
    component("train")
