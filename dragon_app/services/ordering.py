"""Orders of the board that go by how photos look: like one of them, most useful to label next."""

from collections.abc import Callable

import numpy as np

from dragon_app.core.errors import NotFoundError
from dragon_app.core.useful import most_useful
from dragon_app.core.vectors import DraftHead, Ids, Vectors
from dragon_app.services.drafts import as_likely, read_numbers
from dragon_app.services.embedding import Embedding
from dragon_app.storage.workspace import Workspace


class Ordering:
    """The orders of a workspace; asking for one begins to look at its photos.

    `head` returns what the drafts were last made by, None before one was fitted.
    """

    def __init__(
        self, workspace: Workspace, embedding: Embedding, *, head: Callable[[], DraftHead | None]
    ) -> None:
        self._store = workspace.suggestions
        self._embedding = embedding
        self._head = head

    def like(self, image_id: int) -> Ids:
        """Return all photos that were looked at, the nearest to one first."""
        vectors = self._vectors()
        place = int(vectors.places(np.array([image_id]))[0])
        if place < 0:
            raise NotFoundError("This photo was not looked at yet. Try again in a moment.")
        return vectors.nearest(place)

    def useful(self) -> Ids:
        """Return the photos that wait for a class, the most useful to label first."""
        vectors = self._vectors()
        waiting, places = vectors.known(read_numbers(self._store.waiting(), 1)[:, 0])
        labels, head = read_numbers(self._store.labelled(), 2), self._head()
        labelled = vectors.known(labels[:, 0])[1]
        if head is None:  # none was needed since the start
            likely = as_likely(read_numbers(self._store.drafts(), 3), waiting)
        else:
            likely = head.probabilities(vectors.rows[places])
        return waiting[most_useful(vectors, places, labelled, likely)]

    def _vectors(self) -> Vectors:
        self._embedding.want()
        vectors = self._embedding.vectors()
        if vectors is None or not len(vectors.ids):
            words = self._embedding.looking().problem
            raise NotFoundError(words or "The photos are being looked at. Try again in a moment.")
        return vectors
