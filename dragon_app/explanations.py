"""The command that shows where on photos a class was read; it works beside an open page."""

import argparse
from pathlib import Path
from typing import Any

from dragon_app.core.disk import write_file
from dragon_app.core.errors import DragonError, NotFoundError
from dragon_app.core.file_names import FileNames
from dragon_app.core.metrics import percent
from dragon_app.core.setup import check_packages
from dragon_app.output import BAD_INPUT, DONE, say, show
from dragon_app.wiring import open_reader


def explain(options: argparse.Namespace, folder: Path) -> int:
    """Write each photo under a map of where its class was read."""
    from dragon_app.services.intake import scan

    files = scan(options.paths)
    if not files:
        raise DragonError(f"There is no file in {', '.join(map(str, options.paths))}.")
    check_packages()
    app = open_reader(folder)
    names = _free_names(options.out)
    rows: list[dict[str, Any]] = []
    for file in files:
        try:
            found = app.explaining.file(file, run_id=options.run, class_name=options.class_name)
        except NotFoundError:
            raise  # the run or the class: no file could be explained
        except DragonError as error:
            say(str(error))
            continue
        target = options.out / names.take(f"{Path(file.name).stem}-explained.png", (".png",))
        _write(target, found.overlaid())
        rows.append(
            {
                "name": found.name,
                "run": found.run_id,
                "class": found.class_name,
                "probability": found.probability,
                "method": found.heat.method,
                "file": str(target),
            }
        )
    words = [f"{r['name']}: {r['class']} {percent(r['probability'])}, in {r['file']}" for r in rows]
    show(options, {"explanations": rows}, "\n".join(words) or "Nothing to explain.")
    return DONE if rows else BAD_INPUT


def _free_names(folder: Path) -> FileNames:
    """Return names that no file in a folder has: none is written over."""
    names = FileNames()
    try:
        for path in folder.iterdir() if folder.exists() else ():
            names.take(path.name)
    except OSError as error:
        raise DragonError(f"{folder} cannot be used ({error.strerror}). Name a folder.") from error
    return names


def _write(target: Path, picture: bytes) -> None:
    try:
        write_file(target, picture, is_durable=False)
    except OSError as error:
        raise DragonError(f"{target} cannot be written ({error.strerror}).") from error
