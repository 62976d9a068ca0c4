"""Whether this machine has what the app needs, told from package metadata: nothing is imported."""

from importlib.metadata import PackageNotFoundError, requires, version

from dragon_app.core.errors import SetupError

_INSTALL = "Install both with: pip install -r requirements.txt -c constraints.txt"


def check_packages() -> None:
    """Raise `SetupError` when torch and torchvision are absent or were not built for each other."""
    try:
        torch, torchvision = version("torch"), version("torchvision")
        needs = requires("torchvision") or []
    except PackageNotFoundError as error:
        raise SetupError(f"The package {error.name} is not installed. {_INSTALL}") from error
    problem = torch_pair_problem(torch, torchvision, needs)
    if problem:
        raise SetupError(f"{problem} {_INSTALL}")


def torch_pair_problem(torch: str, torchvision: str, needs: list[str]) -> str:
    """Say why the two do not fit together; empty when they do.

    torchvision names the one torch it was compiled against, and a `+cpu` build of one does not
    load with another build of the other.
    """
    torch_release, _, torch_build = torch.partition("+")
    _, _, vision_build = torchvision.partition("+")
    named = [line.partition(";")[0].replace(" ", "") for line in needs]
    exact = [line.removeprefix("torch==") for line in named if line.startswith("torch==")]
    if (exact and exact[0] != torch_release) or torch_build != vision_build:
        wanted = f" (it needs torch {exact[0]})" if exact else ""
        return f"torchvision {torchvision}{wanted} does not fit torch {torch}."
    return ""
