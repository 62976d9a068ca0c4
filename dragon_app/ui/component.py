"""Our own components inside Gradio: a static template and scripts beside this module.

Names of files and classes never enter the template, where they could run: the script builds the
page with `textContent`.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import gradio as gr

_KEYFRAMES = re.compile(r"@keyframes[^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_STATIC = Path(__file__).parent / "static"


def component(name: str, *, colours: Sequence[str] = ()) -> gr.HTML:
    """Place the component of `static/NAME.js` in a `<div class="NAME">`.

    Its parts, `static/NAME-*.js`, come before it in one function: what they declare, it sees, and
    all of them see `COLOURS`.
    """
    return gr.HTML(
        html_template=f"<div class='{name}'></div>",
        # In a block of its own: Gradio hands in names such as `upload`, which ours may use too.
        js_on_load=f"{{const COLOURS = {json.dumps(list(colours))};{{\n{script(name)}\n}}}}",
        apply_default_css=False,
        elem_id=name,
    )


def script(name: str) -> str:
    """Return `static/NAME.js` with its parts before it, in the order of their names."""
    files = [*sorted(_STATIC.glob(f"{name}-*.js")), _STATIC / f"{name}.js"]
    return "\n".join(path.read_text("utf-8") for path in files)


def styles() -> str:
    """Return every style sheet in `static`, in the order of their names.

    All but the first are nested in `:root`, which lifts them just above Gradio's reset of plain
    elements; animations cannot be nested and stand beside them.
    """
    first, *others = (path.read_text("utf-8") for path in sorted(_STATIC.glob("*.css")))
    parts = "\n".join(others)
    return "\n".join(
        (first, *_KEYFRAMES.findall(parts), f":root {{\n{_KEYFRAMES.sub('', parts)}\n}}")
    )
