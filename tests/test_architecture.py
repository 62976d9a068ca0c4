"""What the layers may import is import-linter's; here is what only running the code shows."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "dragon_app"
MODULES = sorted(PACKAGE.rglob("*.py"))


def loaded_after(code: str) -> set[str]:
    """Run code in a new process and return the modules it loaded."""
    report = "import json, sys; sys.stderr.write('\\n' + json.dumps(list(sys.modules)))"
    outcome = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(outcome.stderr.splitlines()[-1]))


def name(module: Path) -> str:
    return str(module.relative_to(ROOT))


@pytest.mark.parametrize(
    ("module", "foreign"),
    [
        ("cli", {"torch", "gradio", "sqlite3", "PIL", "numpy"}),
        ("commands", {"torch", "gradio", "fastapi", "uvicorn"}),
        ("wiring", {"torch", "gradio", "fastapi", "uvicorn"}),
        ("ui.server", {"torch", "gradio", "fastapi"}),
        ("core.types", {"torch", "gradio", "sqlite3", "PIL"}),
    ],
)
def test_a_module_does_not_load_what_its_command_may_not_need(
    module: str, foreign: set[str]
) -> None:
    assert loaded_after(f"import dragon_app.{module}") & foreign == set()


def test_importing_starts_no_thread_and_sets_up_no_logging() -> None:
    code = (
        "import logging, threading\n"
        "import dragon_app.commands, dragon_app.wiring, dragon_app.ui.server\n"
        "assert threading.enumerate() == [threading.main_thread()]\n"
        "assert logging.getLogger('dragon_app').handlers == []\n"
        "assert logging.getLogger().handlers == []\n"
    )
    loaded_after(code)


@pytest.mark.parametrize("module", MODULES, ids=name)
def test_every_error_is_caught_in_three_places_only(module: Path) -> None:
    allowed = {"services/trainer.py", "imaging/decode.py", "ui/api.py", "ui/routes/answers.py"}
    caught = [
        handler.lineno
        for handler in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(handler, ast.ExceptHandler)
        and (
            handler.type is None
            or (isinstance(handler.type, ast.Name) and handler.type.id == "Exception")
        )
    ]
    assert module.relative_to(PACKAGE).as_posix() in allowed or caught == []


@pytest.mark.parametrize("module", [*PACKAGE.glob("storage/*.py")], ids=name)
def test_sql_values_are_parameters(module: Path) -> None:
    tree = ast.parse(module.read_text("utf-8"))
    formatted = {
        ast.unparse(part.value)
        for text in ast.walk(tree)
        if isinstance(text, ast.JoinedStr)
        and ast.unparse(text)[2:].lstrip("'\"").startswith(("select", "update", "insert", "delete"))
        for part in text.values
        if isinstance(part, ast.FormattedValue)
    }
    # Our own fixed texts, and as many question marks as there are values.
    known = {
        "_COLUMNS", "_SELECT", "marks", "names", "where", "assignments", "fixed", "decided",
        "_STATE_COLUMN[kind]", "_PACKED", "_CHANGED", "rows", "needed", "column", "_TRAINABLE",
    }  # fmt: skip
    assert formatted <= known
