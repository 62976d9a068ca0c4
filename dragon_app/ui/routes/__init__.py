"""The page's own HTTP routes, one module for each thing they serve. All lie below `/dragon`."""

from fastapi import APIRouter

from dragon_app.ui.routes import (
    archives,
    classes,
    comparing,
    explanations,
    exports,
    folds,
    going_on,
    history,
    inbox,
    labels,
    line,
    measuring,
    packages,
    photos,
    predictions,
    previews,
    promotions,
    provenance,
    results,
    runs,
    samples,
    shortcuts,
    state,
    steps,
    suggestions,
    teaching,
    training,
    uploads,
    workspaces,
)
from dragon_app.wiring import Session


def routers(session: Session) -> list[APIRouter]:
    """Return every router, each bound to the session."""
    modules = [
        state,
        photos,
        labels,
        classes,
        steps,
        suggestions,
        inbox,
        history,
        uploads,
        archives,
        exports,
        samples,
        workspaces,
        training,
        measuring,
        previews,
        runs,
        line,
        going_on,
        comparing,
        results,
        folds,
        shortcuts,
        provenance,
        promotions,
        predictions,
        explanations,
        packages,
        teaching,
    ]
    return [module.router(session) for module in modules]
