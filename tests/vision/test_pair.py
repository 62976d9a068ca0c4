"""Whether torch and torchvision fit together."""

import pytest

from dragon_app.core.errors import SetupError
from dragon_app.vision.pair import check_pair


def test_the_pair_that_is_installed_fits() -> None:
    check_pair()


def test_a_pair_from_two_builds_says_what_to_do() -> None:
    def load(name: str) -> object:
        if name == "torchvision":
            raise RuntimeError("operator torchvision::nms does not exist")
        return None

    with pytest.raises(SetupError, match=r"nms does not exist\): install the pair again"):
        check_pair(load)
