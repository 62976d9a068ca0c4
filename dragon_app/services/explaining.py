"""Why a run says what it says: where on a photo it read a class. Holds nothing; knows no tensor."""

from dataclasses import dataclass

import numpy as np

from dragon_app.core.errors import BadImageError, DragonError, NotFoundError
from dragon_app.core.heat import HeatMap
from dragon_app.core.ports import Pixels
from dragon_app.core.temperature import tempered
from dragon_app.imaging.decode import decode_bytes, read_file
from dragon_app.imaging.heat import overlaid, veil
from dragon_app.services.intake import IncomingFile
from dragon_app.services.prediction import LoadedRun, Predictions
from dragon_app.storage.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Explained:
    """Where a run read a class on a photo, and how sure of that class it is."""

    name: str
    run_id: int
    class_name: str
    probability: float
    heat: HeatMap
    photo: Pixels

    @property
    def words(self) -> str:
        """Say what the map shows, in one or two sentences."""
        if self.heat.is_cold:
            return f"No place on the photo spoke for {self.class_name}."
        is_whole = min(self.heat.seen) > 0.99
        unseen = "" if is_whole else " The dark rim was not looked at."
        return f"Warm places spoke for {self.class_name}, dark ones did not.{unseen}"

    def veil(self) -> bytes:
        """Return a PNG to be laid over the photo."""
        height, width = self.photo.shape[:2]
        return veil(self.heat, width_px=width, height_px=height)

    def overlaid(self) -> bytes:
        """Return the photo under its map, as a PNG."""
        return overlaid(self.photo, self.heat)


class Explaining:
    """Explains what runs say. Safe from several threads."""

    def __init__(self, workspace: Workspace, predictions: Predictions) -> None:
        self._workspace = workspace
        self._predictions = predictions

    def photo(
        self, image_id: int, *, run_id: int | None = None, class_name: str | None = None
    ) -> Explained:
        """Explain a photo of the workspace; raise `NotFoundError` when there is none."""
        image = self._workspace.images.get(image_id)
        path = self._workspace.blobs.path(image.digest)
        file = IncomingFile(
            name=image.name, read=lambda: read_file(path), size_bytes=image.size_bytes
        )
        return self.file(file, run_id=run_id, class_name=class_name)

    def file(
        self, file: IncomingFile, *, run_id: int | None = None, class_name: str | None = None
    ) -> Explained:
        """Explain the likeliest class of a photo, or the one that is named.

        With the run that Try uses unless one is named. Raise `DragonError` when the file is no
        photo, `NotFoundError` when the run knows no such class.
        """
        loaded = self._predictions.load(run_id)
        target = None if class_name is None else _place(loaded, class_name)
        try:
            photo = decode_bytes(file.read(), shortest_px=loaded.predictor.decode_px)
        except BadImageError as error:
            raise DragonError(f"{file.name} {error}.") from error
        rows = tempered(loaded.predictor.probabilities([photo]), loaded.temperature or 1.0)
        shown = int(np.argmax(rows[0])) if target is None else target
        return Explained(
            name=file.name,
            run_id=loaded.run_id,
            class_name=loaded.predictor.class_names[shown],
            probability=float(rows[0, shown]),
            heat=loaded.predictor.explain(photo, shown),
            photo=photo,
        )


def _place(loaded: LoadedRun, class_name: str) -> int:
    names = loaded.predictor.class_names
    if class_name not in names:
        raise NotFoundError(
            f"Run {loaded.run_id} knows no class {class_name!r}. It knows {', '.join(names)}."
        )
    return names.index(class_name)
