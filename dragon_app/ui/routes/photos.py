"""All photos as numbers, thumbnails, previews. A client's file name is never part of a path."""

import struct
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from dragon_app.core.errors import NotFoundError
from dragon_app.core.types import ImageRecord
from dragon_app.ui.routes.answers import at_work
from dragon_app.wiring import Session

MARK_LENGTH = 8
# The start of the digest is part of the address, so an answer never goes stale.
_FOR_EVER = {"cache-control": "private, max-age=31536000, immutable"}
_MOST = 500
_Number = Annotated[int, Query(ge=0)]


def router(session: Session) -> APIRouter:
    """Serve `/dragon/board`, `/dragon/thumbnails/ID` and `/dragon/photos/ID`."""
    routes = APIRouter(prefix="/dragon", dependencies=[Depends(at_work(session))])

    @routes.get("/board")
    def board(newest: _Number = 0, batch: _Number = 0) -> Response:
        rows = session.app.dataset.board(newest=newest, batch=batch)
        return _numbers(struct.pack(">II", rows.newest_batch, rows.total) + rows.packed)

    @routes.get("/board/matching")
    def matching(text: Annotated[str, Query(max_length=_MOST)]) -> Response:
        return _ids(session.app.dataset.matching(text))

    @routes.get("/board/by-name")
    def by_name() -> Response:
        return _ids(session.app.dataset.by_name())

    @routes.get("/board/alike")
    def alike() -> Response:
        """Groups of photos that look alike: how many, then their ids, the best first."""
        return _ids([n for ids in session.app.dataset.alike() for n in (len(ids), *ids)])

    @routes.get("/board/photos")
    def photos(ids: Annotated[list[int], Query(max_length=_MOST)]) -> list[dict[str, Any]]:
        return [_image(image) for image in session.app.dataset.described(ids)]

    @routes.get("/thumbnails/{image_id}")
    def thumbnail(image_id: int, v: str) -> Response:
        path = session.app.dataset.thumbnail_file(image_id)
        _check_mark(image_id, path.name, v)  # files are named by the digest
        return Response(path.read_bytes(), media_type="image/webp", headers=_FOR_EVER)

    @routes.get("/photos/{image_id}")
    def photo(image_id: int, v: str) -> Response:
        app = session.app
        _check_mark(image_id, app.dataset.image(image_id).digest, v)
        preview = app.dataset.preview(image_id)
        return Response(preview, media_type="image/webp", headers=_FOR_EVER)

    return routes


def _ids(ids: Sequence[int]) -> Response:
    return _numbers(struct.pack(f">{len(ids)}I", *ids))


def _numbers(packed: bytes) -> Response:
    return Response(packed, media_type="application/octet-stream")


def _check_mark(image_id: int, digest: str, mark: str) -> None:
    """Refuse an address of another workspace, whose photo of the same id a browser would keep."""
    if digest[:MARK_LENGTH] != mark:
        raise NotFoundError(f"Photo {image_id} of this workspace is another one. Reload the page.")


def _image(image: ImageRecord) -> dict[str, Any]:
    return {
        "id": image.id,
        "v": image.digest[:MARK_LENGTH],
        "name": image.name,
        "class_id": image.class_id,
        "is_binned": image.is_binned,
        "width": image.width_px,
        "height": image.height_px,
    }
