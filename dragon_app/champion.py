"""The shell's say in which run answers in Try: promote one, or step back to the one before."""

from typing import Any

from dragon_app.wiring import App


def promote(app: App, run_id: int) -> str:
    """Let a run answer from now on; return that in words."""
    app.predictions.choose_run(run_id)
    before = app.predictions.run_before()
    back = f" `step-back` returns to run {before}." if before is not None else ""
    return f"Run {run_id} answers from now on.{back}"


def step_back(app: App) -> str:
    """Let the run answer again that did before; return that in words."""
    return f"Run {app.predictions.step_back()} answers again."


def answer(app: App) -> dict[str, Any]:
    """Return which run answers, and which would after a step back."""
    current = app.predictions.current_run()
    return {
        "run": None if current is None else current.id,
        "before": app.predictions.run_before(),
    }
