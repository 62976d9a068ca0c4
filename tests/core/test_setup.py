import importlib.metadata

import pytest

from dragon_app.core import setup
from dragon_app.core.errors import SetupError
from dragon_app.core.setup import check_packages, torch_pair_problem


@pytest.mark.parametrize(
    ("torch", "torchvision", "needs"),
    [
        ("2.15.0", "0.29.2", ["numpy", "torch==2.15.0", "pillow"]),
        ("2.15.0+cpu", "0.29.2+cpu", ["torch==2.15.0"]),
        ("2.15.0", "0.29.2", ["torch == 2.15.0 ; python_version > '3'"]),
        ("2.15.0", "0.29.2", []),
    ],
)
def test_a_pair_made_for_each_other_is_no_problem(
    torch: str, torchvision: str, needs: list[str]
) -> None:
    assert torch_pair_problem(torch, torchvision, needs) == ""


@pytest.mark.parametrize(
    ("torch", "torchvision"),
    [("2.13.0+cpu", "0.29.2"), ("2.15.0+cpu", "0.29.2"), ("2.14.1", "0.29.2")],
)
def test_a_pair_that_does_not_fit_is_named_with_what_is_needed(
    torch: str, torchvision: str
) -> None:
    problem = torch_pair_problem(torch, torchvision, ["torch==2.15.0"])
    assert problem == f"torchvision 0.29.2 (it needs torch 2.15.0) does not fit torch {torch}."


def test_an_absent_package_is_named_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(setup, "version", version)
    with pytest.raises(SetupError, match=r"torch is not installed\. Install both with: pip"):
        check_packages()


def test_the_packages_of_this_machine_fit() -> None:
    check_packages()
