"""Photos and labels on their way out, as one download that is made while it is sent."""

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from dragon_app.services.exporting import Layout
from dragon_app.wiring import Session


def router(session: Session) -> APIRouter:
    """Serve `/dragon/export`."""
    routes = APIRouter(prefix="/dragon")

    @routes.get("/export")
    def export(
        layout: Layout, is_labelled: bool = False, keeps_notes: bool = False
    ) -> StreamingResponse:
        exporting = session.app.exporting
        pieces = exporting.stream(layout, is_labelled=is_labelled, keeps_notes=keeps_notes)
        kind = "text/csv; charset=utf-8" if layout is Layout.CSV else "application/zip"
        name = quote(exporting.file_name(layout))
        headers = {"content-disposition": f"attachment; filename*=utf-8''{name}"}
        return StreamingResponse(pieces, media_type=kind, headers=headers)

    return routes
