"""The page: five tabs in the order of the work. Builds; knows no rule and keeps no state."""

import gradio as gr

from dragon_app.ui import api, fix, header, label, results, train, trying
from dragon_app.wiring import Session


def build(session: Session) -> gr.Blocks:
    """Build the page for the session's workspace."""
    page = gr.Blocks(title="Dragon")
    with page:
        header.build()
        with gr.Tabs(elem_id="tabs"):
            with gr.Tab("Label", id="label"):
                label.build()
            with gr.Tab("Train", id="train"):
                train.build()
            with gr.Tab("Results", id="results"):
                results.build()
            with gr.Tab("Fix", id="fix"):
                fix.build()
            with gr.Tab("Try", id="try"):
                trying.build()
        api.build(session)
    return page
