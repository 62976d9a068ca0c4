"""What runs said about single photos: the cells of the matrix, their confidence, two compared."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.metrics import percent, wilson_interval
from dragon_app.core.reliability import Reliability
from dragon_app.core.training import Run
from dragon_app.core.types import ImageRecord
from dragon_app.services.results import Calibration, Versus
from dragon_app.ui.routes.photos import MARK_LENGTH
from dragon_app.ui.routes.runs import settings_in_words, shown
from dragon_app.wiring import App, Session

_ENOUGH = 50  # photos below which a calibration is told with a warning
_LIKELY_CHANCE = 0.05
_Place = Annotated[int, Query(ge=0)]


def router(session: Session) -> APIRouter:
    """Serve `/dragon/runs/N/cell`, `/dragon/runs/N/calibration` and `/dragon/versus`."""
    routes = APIRouter(prefix="/dragon")

    @routes.get("/runs/{run_id}/cell")
    def cell(run_id: int, target: _Place, said: _Place) -> dict[str, Any]:
        """Return the photos of a class that a run took for a class, the surest first."""
        app = session.app
        found = app.results.behind(run_id, target=target, said=said)
        return {
            "photos": [
                {**shown_photo(each.image), "confidence": each.answer.confidence}
                for each in found
                if each.image is not None
            ],
            "gone": sum(each.image is None for each in found),
        }

    @routes.get("/runs/{run_id}/calibration")
    def calibration(run_id: int) -> dict[str, Any]:
        found = session.app.results.calibration(run_id)
        return {
            **asdict(found.measured),
            "words": _calibration_words(found.measured),
            "told": _told_words(found),
            "told_bins": asdict(found.told)["bins"],
        }

    @routes.get("/versus")
    def versus(first: int, second: int) -> dict[str, Any]:
        """Return two runs side by side, and the photos that they name differently."""
        app = session.app
        runs = (app.runs.get(first), app.runs.get(second))
        found = app.results.versus(first, second)
        return {
            "runs": [shown(app, run) for run in runs],
            "settings": _differing(app, *runs),
            "n": found.n,
            "right": [_share(hits, found.n) for hits in found.right],
            "words": _versus_words(first, second, found),
            "photos": [
                {
                    **shown_photo(each.image),
                    "truth": each.truth,
                    "said": each.said,
                    "confidences": each.confidence,
                }
                for each in found.disagreements
                if each.image is not None
            ],
            "gone": sum(each.image is None for each in found.disagreements),
        }

    return routes


def shown_photo(image: ImageRecord) -> dict[str, Any]:
    """Return a photo as the cards of Results show it, as JSON."""
    return {
        "id": image.id,
        "v": image.digest[:MARK_LENGTH],
        "name": image.name,
        "class_id": image.class_id,
        "is_binned": image.is_binned,
    }


def _share(hits: int, n: int) -> dict[str, float]:
    low, high = wilson_interval(hits, n)
    return {"hits": hits, "share": hits / n if n else 0.0, "low": low, "high": high}


def _differing(app: App, first: Run, second: Run) -> list[dict[str, str]]:
    """Return the settings that two runs do not share, in words; one may lack a setting."""
    told = [
        {row["label"]: row["value"] for row in settings_in_words(app, run)}
        for run in (first, second)
    ]
    labels = list(dict.fromkeys([*told[0], *told[1]]))
    used = [FinetuneConfig.from_json(run.config_json) for run in (first, second)]
    if used[0] == used[1] and first.weights == second.weights:
        return []
    return [
        {"label": label, "first": told[0].get(label, ""), "second": told[1].get(label, "")}
        for label in labels
        if told[0].get(label) != told[1].get(label)
    ]


def _times(share: float) -> str:
    tenths = round(share * 10)
    return f"{tenths} times in 10" if 0 < tenths < 10 else f"{percent(share)} of the time"


def _calibration_words(found: Reliability) -> str:
    if not found.n:
        return "There is no held-out photo to tell by."
    often = "always" if found.right == 1 else "never" if found.right == 0 else _times(found.right)
    low, high = wilson_interval(round(found.right * found.n), found.n)
    if low <= found.confidence <= high:
        verdict = "That fits"
    elif found.confidence > found.right:
        verdict = "It is too sure of itself"
    else:
        verdict = "It is right more often than it says"
    few = (
        ""
        if found.n >= _ENOUGH
        else f" {found.n} photos are few: take this as a hint, not as a measurement."
    )
    return f"On average it says {percent(found.confidence)} and is right {often}. {verdict}.{few}"


def _told_words(found: Calibration) -> str:
    """Say what Try makes of it; nothing where photos are too few to correct by."""
    if found.temperature == 1.0 or not found.measured.n:
        return ""
    change = "down" if found.temperature > 1 else "up"
    return (
        f"Try, and the photos in Results, tone it {change}: on average "
        f"{percent(found.told.confidence)} sure, and off by {percent(found.told.error)}. (A "
        f"temperature of {found.temperature:.2f}, fitted to these photos; the class that it names "
        "stays the same.)"
    )


def _versus_words(first: int, second: int, found: Versus) -> str:
    if not found.n:
        return "The two runs held out no photo in common: their numbers cannot be compared."
    ahead, behind = found.only
    if not ahead + behind:
        return f"Both are right on the same of the {found.n:,} photos that both held out."
    told = (
        f"Of the {found.n:,} photos that both held out, run {first} alone is right on {ahead:,}, "
        f"run {second} alone on {behind:,}."
    )
    if found.chance > _LIKELY_CHANCE:
        return f"{told} So small a difference may be chance."
    better = first if ahead > behind else second
    return f"{told} Run {better} is better, and that is hardly chance."
