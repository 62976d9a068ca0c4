"""A model to take away: one zip that answers on any computer with Python. Knows no tensor."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import BinaryIO

from dragon_app.core.disk import write_chunks
from dragon_app.core.errors import DragonError, WeightsError
from dragon_app.core.file_names import safe_name
from dragon_app.core.metrics import percent
from dragon_app.core.portable import Portable
from dragon_app.core.ports import Vision
from dragon_app.core.training import Run
from dragon_app.core.zip_stream import ZipPipe, entry
from dragon_app.services.calibrating import temperature_of
from dragon_app.storage.workspace import Workspace

_PIECE = 1 << 20
_README = """{title}

It tells apart: {classes}.
{accuracy}
Its first weights: {weights}. Their terms hold for this model, too.

How to use it, with Python 3.11 or newer:

    pip install -r requirements.txt
    python predict.py photo.jpg another.png

`--json` gives every class with its probability. In a program of yours:

    from pathlib import Path
    from predict import load
    answer = load()
    answer(Path("photo.jpg"))

model.safetensors   the weights
model.json          which network it is, its classes, how it reads a photo
predict.py          all that is needed to run it; change it as you like

Photos of iPhones (HEIC) need one more package: pip install pillow-heif
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A model that was checked, ready to be written once.

    `weights` is open from the check on: a training that saves a better one takes nothing away.
    """

    file_name: str
    readme: str
    model: Portable
    weights: BinaryIO

    def close(self) -> None:
        """Let go of the weights; after that, nothing can be written."""
        self.weights.close()

    def pieces(self) -> Iterator[bytes]:
        """Return the zip piece by piece; the weights are never in memory as a whole."""
        pipe = ZipPipe()
        texts = {
            "README.txt": self.readme,
            "requirements.txt": "".join(f"{line}\n" for line in self.model.requirements),
            "model.json": self.model.facts,
            "predict.py": (files("dragon_app.standalone") / "predict.py").read_text("utf-8"),
        }
        with self.weights, zipfile.ZipFile(pipe, "w") as archive:
            for name, text in texts.items():
                archive.writestr(entry(name), text, zipfile.ZIP_DEFLATED)
            with archive.open(entry("model.safetensors"), "w", force_zip64=True) as member:
                while piece := self.weights.read(_PIECE):
                    member.write(piece)
                    yield pipe.take()
        yield pipe.take()


class Packing:
    """Packs runs' models. Safe from several threads."""

    def __init__(self, workspace: Workspace, vision: Callable[[], Vision]) -> None:
        self._workspace = workspace
        self._vision = vision

    def package(self, run_id: int) -> Package:
        """Check a run's model and make it ready; while the run trains, its best so far.

        Raise `NotFoundError` when it has none, `WeightsError` when its files are damaged.
        """
        folder = self._workspace.runs.checkpoint_folder(run_id)
        try:
            package = self._package(run_id, folder)
        except WeightsError:
            if self._workspace.runs.checkpoint_folder(run_id) == folder:
                raise
            return self.package(run_id)  # a better one took its place meanwhile
        if self._workspace.runs.checkpoint_folder(run_id) != folder:  # what is told may be of both
            package.close()
            return self.package(run_id)
        return package

    def _package(self, run_id: int, folder: str) -> Package:
        run = self._workspace.runs.get(run_id)
        name = f"{safe_name(self._workspace.folder.name)}-run-{run_id}"
        model = self._vision().portable(
            self._workspace.folder / folder,
            temperature=temperature_of(self._workspace, run_id, folder) or 1.0,
        )
        try:
            weights = model.weights_file.open("rb")
        except OSError as error:
            raise WeightsError(
                f"The saved model {model.weights_file} cannot be opened "
                f"({error.strerror or error}). Use another run or train again."
            ) from error
        return Package(
            file_name=f"{name}.zip", readme=_readme(run, name), model=model, weights=weights
        )

    def write(self, run_id: int, path: Path) -> None:
        """Write a run's model to a file, which appears when it is whole."""
        with closing(self.package(run_id)) as package:
            try:
                write_chunks(path, package.pieces())
            except OSError as error:
                words = f"{path} could not be written: {error.strerror or error}."
                raise DragonError(words) from error


def _readme(run: Run, title: str) -> str:
    held_out = sum(map(sum, run.val_confusion))
    right = f"{percent(run.val_accuracy or 0.0)} of {held_out} photos"
    return _README.format(
        title=title,
        classes=", ".join(run.class_names),
        accuracy=f"It was right on {right} that it had not learned from.",
        weights=run.weights,
    )
