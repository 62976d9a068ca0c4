"""What the whole page loads, and when."""

from pathlib import Path

from tests.test_architecture import loaded_after


def test_the_page_is_up_before_torch_is_loaded(tmp_path: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "from dragon_app.wiring import Session\n"
        "from dragon_app.ui.server import build_asgi\n"
        f"session = Session(Path({str(tmp_path / 'workspace')!r}))\n"
        "build_asgi(session)\n"
        "session.close()\n"
    )
    loaded = loaded_after(code)
    assert "gradio" in loaded
    assert loaded & {"torch", "torchvision", "safetensors"} == set()
