"""Measuring a run on labelled photos that it has not seen. Knows no tensor."""

from collections.abc import Mapping, Sequence

from dragon_app.core.errors import ClassNameError, NotEnoughImagesError
from dragon_app.core.metrics import accuracy, confusion_matrix, per_class
from dragon_app.core.names import name_key
from dragon_app.core.training import Evaluation
from dragon_app.core.types import Refusal
from dragon_app.services.intake import IncomingFile
from dragon_app.services.prediction import Predictions


def evaluate(
    predictions: Predictions, files: Sequence[IncomingFile], *, run_id: int | None = None
) -> Evaluation:
    """Measure a run on files that carry a class; they are not added to the dataset.

    Raise `NotEnoughImagesError` when no file is of a class that the run knows.
    """
    loaded = predictions.load(run_id)
    names = loaded.predictor.class_names
    known = {name_key(name): target for target, name in enumerate(names)}
    targets = {i: _target(file.class_name, known) for i, file in enumerate(files)}
    refused = [
        Refusal(name=file.name, reason=_stranger(file.class_name))
        for i, file in enumerate(files)
        if targets.get(i) is None
    ]
    measured = [
        (file, target) for i, file in enumerate(files) if (target := targets.get(i)) is not None
    ]
    answers = predictions.predict([file for file, _ in measured], run_id=loaded.run_id, top=1)
    pairs: list[tuple[int, int]] = []
    for (file, target), answer in zip(measured, answers, strict=True):
        if answer.error:
            refused.append(Refusal(name=file.name, reason=answer.error))
        else:
            pairs.append((target, known[name_key(answer.classes[0].name)]))
    if not pairs:
        raise NotEnoughImagesError(
            "No photo to measure on. Give a folder with one folder for each class, named "
            f"{', '.join(names)}."
        )
    truths, predicted = zip(*pairs, strict=True)
    confusion = confusion_matrix(truths, predicted, classes=len(names))
    return Evaluation(
        accuracy=accuracy(confusion),
        n=len(pairs),
        class_names=names,
        confusion=confusion,
        per_class=per_class(confusion, names),
        refused=tuple(refused),
    )


def _target(class_name: str | None, known: Mapping[str, int]) -> int | None:
    if class_name is None:
        return None
    try:
        return known.get(name_key(class_name))
    except ClassNameError:
        return None  # no class can be called that


def _stranger(class_name: str | None) -> str:
    if class_name is None:
        return "lies in no class folder"
    return f"is of the class {class_name!r}, which this run does not know"
