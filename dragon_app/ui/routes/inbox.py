"""The fix-it inbox over HTTP: its findings by the page, judgements, and what fixes brought."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from dragon_app.core.inbox import OF_PHOTOS, Finding, Kind, Reason
from dragon_app.core.metrics import wilson_interval
from dragon_app.core.types import ImageRecord
from dragon_app.services.gains import Fixes, Gain
from dragon_app.services.inbox_words import NAMES, reason_words
from dragon_app.ui.routes.photos import MARK_LENGTH
from dragon_app.ui.routes.steps import Batch, as_seen
from dragon_app.wiring import App, Session

_MOST_PHOTOS = 10_000
_MOST_SHOWN = 1000  # the whole list


class Judgement(BaseModel):
    """Photos that are right as they are and, in the same order, the class each was seen with."""

    batch: Batch
    image_ids: Annotated[list[int], Field(max_length=_MOST_PHOTOS)]
    class_ids: Annotated[list[int | None], Field(max_length=_MOST_PHOTOS)]


def router(session: Session) -> APIRouter:
    """Serve `/dragon/inbox`, `/dragon/inbox/keep` and `/dragon/inbox/gain`."""
    routes = APIRouter(prefix="/dragon")

    @routes.get("/inbox")
    def inbox(
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=_MOST_SHOWN)] = 60,
        kind: Kind | None = None,
    ) -> dict[str, Any]:
        return shown_inbox(session.app, offset=offset, limit=limit, kind=kind)

    @routes.post("/inbox/keep")
    def keep(asked: Judgement) -> dict[str, Any]:
        app = session.app
        result = app.inbox.keep(as_seen(asked.image_ids, asked.class_ids), batch=asked.batch)
        left = app.labelling.photo_names(result.left)
        return {"changed": result.changed, "left": left, "images": result.images}

    @routes.get("/inbox/gain")
    def gain() -> dict[str, Any]:
        gains = session.app.gains
        run_id, fixes = gains.waiting()
        found = gains.latest()
        return {
            "fixes": _fixes(fixes),
            "waiting": _waiting_words(run_id, fixes),
            "gain": None if found is None else _gain(found),
        }

    return routes


def shown_inbox(app: App, *, offset: int, limit: int, kind: Kind | None) -> dict[str, Any]:
    """Return where the inbox stands and a page of its findings, as JSON."""
    standing, findings = app.inbox.standing(), app.inbox.findings()
    counts = Counter(reason.kind for each in findings for reason in each.reasons)
    meant = [f for f in findings if kind is None or any(r.kind is kind for r in f.reasons)]
    return {
        "status": standing.status,
        "words": standing.words,
        "done": standing.done,
        "total": standing.total,
        "version": standing.version,
        "open": len(meant),
        "all": len(findings),
        "kinds": [
            {"kind": each, "name": name, "hint": hint, "count": counts[each]}
            for each, (name, hint) in NAMES.items()
        ],
        "findings": _shown(app, meant[offset : offset + limit]),
    }


def _shown(app: App, findings: Sequence[Finding]) -> list[dict[str, Any]]:
    names = {each.id: each.name for each in app.labelling.classes()}
    ids = {each.image_id for each in findings}
    ids |= {other for each in findings for reason in each.reasons for other in reason.others}
    images = {image.id: image for image in app.dataset.described(sorted(ids))}
    return [_finding(each, images, names) for each in findings if each.image_id in images]


def _finding(
    finding: Finding, images: Mapping[int, ImageRecord], names: Mapping[int, str]
) -> dict[str, Any]:
    suggested = finding.suggestion
    mistake = next((r for r in finding.reasons if r.kind is Kind.MISTAKE), None)
    others = dict.fromkeys(other for reason in finding.reasons for other in reason.others)
    return {
        "id": finding.image_id,
        "kind": finding.kind,
        "kinds": [reason.kind for reason in finding.reasons],
        "reasons": [
            {"kind": reason.kind, "words": reason_words(reason, finding, names)}
            for reason in finding.reasons
        ],
        "image": _photo(images[finding.image_id], names),
        "others": [
            _photo(images[other], names)
            for other in others
            if other in images and not images[other].is_binned
        ],
        "class_id": finding.class_id,
        "class": names.get(finding.class_id or 0, ""),
        "suggestion": None if suggested is None else _suggestion(suggested, names),
        "mistake": None if mistake is None else {"run": mistake.run_id, "place": mistake.place},
        "can_be": "bad" if finding.kind in OF_PHOTOS else "wrong",
    }


def _suggestion(reason: Reason, names: Mapping[int, str]) -> dict[str, Any] | None:
    """Return the class that a reason names; None when that is gone by now."""
    if reason.class_id is None or reason.class_id not in names:
        return None
    return {
        "class_id": reason.class_id,
        "class": names[reason.class_id],
        "sure": reason.sure,
    }


def _photo(image: ImageRecord, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": image.id,
        "v": image.digest[:MARK_LENGTH],
        "name": image.name,
        "class_id": image.class_id,
        "class": names.get(image.class_id or 0, ""),
        "split": image.split,
    }


def _fixes(fixes: Fixes) -> dict[str, int]:
    return {"relabelled": fixes.relabelled, "binned": fixes.binned, "kept": fixes.kept}


def _waiting_words(run_id: int | None, fixes: Fixes) -> str:
    if run_id is None or not fixes.changed:
        return ""
    what = "it brings" if fixes.changed == 1 else "they bring"
    return f"{fixes.words} since run {run_id} began. Train again to see what {what}."


def _gain(found: Gain) -> dict[str, Any]:
    return {
        "before": found.before,
        "after": found.after,
        "fixes": _fixes(found.fixes),
        "n": found.n,
        "right": [_share(hits, found.n) for hits in found.right],
        "is_chance": found.is_chance,
        "words": found.words,
    }


def _share(hits: int, n: int) -> dict[str, float]:
    low, high = wilson_interval(hits, n)
    return {"hits": hits, "share": hits / n if n else 0.0, "low": low, "high": high}
