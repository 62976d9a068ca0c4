"""A run's model on its way out: checked first, then one download that is made while it is sent."""

from contextlib import closing
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from dragon_app.wiring import Session


def router(session: Session) -> APIRouter:
    """Serve `/dragon/runs/N/package`, which says what comes, and `/dragon/runs/N/package.zip`."""
    routes = APIRouter(prefix="/dragon")

    @routes.get("/runs/{run_id}/package")
    def check(run_id: int) -> dict[str, Any]:
        """Say what the file will be called; a damaged model is told here, in words."""
        with closing(session.app.packing.package(run_id)) as package:
            return {"name": package.file_name}

    @routes.get("/runs/{run_id}/package.zip")
    def download(run_id: int) -> StreamingResponse:
        package = session.app.packing.package(run_id)
        headers = {
            "content-disposition": f"attachment; filename*=utf-8''{quote(package.file_name)}"
        }
        return StreamingResponse(package.pieces(), media_type="application/zip", headers=headers)

    return routes
