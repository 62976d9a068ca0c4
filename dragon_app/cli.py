"""The shell: the same services as the page. Parses first and imports what a command needs after.

Exit 0 done, 2 bad input, 1 failure; messages on stderr; `--json` gives one object on stdout.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from dragon_app import __version__
from dragon_app.core.config import Arithmetic, Augment, Balance, Freeze, Optimizer, Schedule
from dragon_app.core.errors import DragonError
from dragon_app.core.presets import Preset
from dragon_app.core.strategies import Compared
from dragon_app.output import BAD_INPUT, FAILED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names that the terminal cannot show
    from dragon_app import commands

    try:
        code = commands.run(options)
        sys.stdout.flush()  # a reader that went away is met here, not at the interpreter's end
    except BrokenPipeError:  # `head`, for one, has what it wanted; there is nobody to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except DragonError as error:
        sys.stderr.write(f"{error}\n")
        return BAD_INPUT
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return FAILED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dragon_app", description="Label photos, fine-tune a network on them, try it."
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument(
        "--workspace", type=Path, metavar="DIR", help="where your data lies (data/workspace)"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add = _command(
        commands, "add", "add photos, folders or zips of class folders, tables of file,class"
    )
    add.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    add.add_argument("--class", dest="class_name", metavar="NAME", help="the class of all of them")
    train = _command(commands, "train", "fine-tune a network on the labelled photos")
    _settings(train)
    train.add_argument(
        "--again",
        type=int,
        metavar="RUN",
        help="repeat a run just so: its photos, labels, settings and weights",
    )
    train.add_argument(
        "--resume",
        type=int,
        metavar="RUN",
        help="go on with a run that was paused or cut off, just as it was",
    )
    train.add_argument(
        "--extend",
        type=int,
        metavar="RUN",
        help="train a run that is over for --epochs more; the learning rate moves as if it had "
        "been planned for all of them",
    )
    _settings(_command(commands, "find-rate", "look for the learning rate to train with"))
    compare = _command(commands, "compare", "train several ways on the same photos and compare")
    compare.add_argument(
        "--what",
        choices=[*map(str, Compared)],
        default=str(Compared.STRATEGIES),
        help="which layers learn, or five learning rates around the present one",
    )
    _settings(compare)
    _asking(commands)
    export = _command(commands, "export", "write photos and labels into a zip, or a table of them")
    export.add_argument("file", type=Path, metavar="FILE", help="a file that is not there yet")
    export.add_argument(
        "--format", choices=["folders", "imagefolder", "csv"], default="folders",
        help="class folders, what Hugging Face's imagefolder reads, or only a table",
    )  # fmt: skip
    export.add_argument("--only-labelled", action="store_true", help="leave out the rest")
    export.add_argument("--exif", action="store_true", help="keep what the camera noted")
    model = _command(commands, "export-model", "write a run's model, to be used without this app")
    model.add_argument("run", type=int, metavar="RUN", help="its number; `runs` lists them")
    model.add_argument("file", type=Path, metavar="FILE", help="a zip that is not there yet")
    inbox = _command(
        commands, "inbox", "list photos worth another look, the likeliest faults first"
    )
    inbox.add_argument("--most", type=_positive, default=50, metavar="N", help="so many (50)")
    shortcuts = _command(
        commands, "shortcuts", "say whether size, light or border alone gives a class away"
    )
    shortcuts.add_argument(
        "--run", type=int, metavar="N", help="among the photos of a run (those labelled now)"
    )
    _command(commands, "status", "say what the workspace holds")
    _command(commands, "classes", "list the classes")
    _command(commands, "runs", "list the runs")
    backbones = _command(commands, "backbones", "list the networks, or the stages of one")
    backbones.add_argument("name", nargs="?", metavar="NAME")
    serve = _command(commands, "serve", "start the page")
    serve.add_argument("--host", default="127.0.0.1", help="an address of this machine")
    serve.add_argument("--port", type=_port, default=7860, help="the next free one when taken")
    serve.add_argument("--no-browser", action="store_true", help="do not open a browser")
    return parser


def _asking(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add what asks a run about photos."""
    evaluate = _command(commands, "evaluate", "measure a run on a folder of class folders")
    evaluate.add_argument("folder", type=Path)
    _run_option(evaluate)
    predict = _command(commands, "predict", "name what is on photos")
    predict.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    _run_option(predict)
    predict.add_argument("--top", type=_positive, metavar="K", help="show the K likeliest classes")
    predict.add_argument("--format", choices=["table", "json", "csv"], default="table")
    promote = _command(commands, "promote", "let a run answer in Try and `predict` from now on")
    promote.add_argument("run", type=int, metavar="RUN", help="its number; `runs` lists them")
    _command(commands, "step-back", "let the run answer again that did before the promotion")
    explain = _command(commands, "explain", "show where on photos a class was read, as pictures")
    explain.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    _run_option(explain)
    explain.add_argument(
        "--class", dest="class_name", metavar="NAME", help="a class of the run (the likeliest)"
    )
    explain.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="where the pictures go (here)"
    )


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, words: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=words, description=words[0].upper() + words[1:] + ".")
    if name != "serve":
        parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    return parser


def _run_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", type=int, metavar="N", help="a run's number (the one Try uses)")


def _settings(parser: argparse.ArgumentParser) -> None:
    """Settings not given come from the preset; each is stored under the name of its field."""
    add = parser.add_argument
    add("--preset", choices=[*map(str, Preset)], default=str(Preset.BALANCED))
    add("--backbone", metavar="B", help="a network by name; `backbones` lists them")
    add("--weights", metavar="W", help="starter, imagenet, none, or a file")
    add(
        "--freeze",
        metavar="WHAT",
        help=f"{', '.join(Freeze)}, or how many stages from the input",
    )
    add("--unfreeze-after", metavar="K", help="only the head learns for K epochs")
    add("--image-size", dest="image_size_px", metavar="N", help="pixels (the weights' own)")
    add("--epochs", metavar="N", help="passes over the photos; exact needs one")
    add("--lr", dest="head_lr", metavar="X", help="learning rate of the last layer")
    add("--layer-decay", metavar="X", help="factor on the rate for each stage further down")
    add(
        "--optimizer",
        choices=[*map(str, Optimizer)],
        help="exact computes the last layer: no steps, no learning rate",
    )
    add("--momentum", metavar="X", help="for sgd")
    add("--weight-decay", metavar="X")
    add("--schedule", choices=[*map(str, Schedule)])
    add("--batch-size", metavar="N", help="photos per step")
    add("--augment", choices=[*map(str, Augment)], help="how much photos are varied while learning")
    add("--mirror", choices=["yes", "no"], help="no where left and right matter: letters, arrows")
    add("--mixup", metavar="X", help="0 to 1: photos are laid over one another; 0.2 is usual")
    add("--label-smoothing", metavar="X", help="0 to below 1: how unsure an answer may stay")
    add(
        "--balance",
        choices=[*map(str, Balance)],
        help="let rare classes count more; auto: where the largest has over 3 times the smallest",
    )
    add("--patience", metavar="N", help="end after N epochs without a better one; 0: never")
    add("--good-enough", metavar="X", help="end when this share is right, for example 0.95")
    add("--seed", metavar="N", help="the same seed repeats the run")
    add("--device", choices=["auto", "cpu", "cuda", "mps"])
    add("--arithmetic", choices=[*map(str, Arithmetic)], help="auto takes the fastest here")


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 65536:
        raise argparse.ArgumentTypeError("must be 0 to 65535")
    return number


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number
