"""The value that services hold."""

from dragon_app.core.ports import Vision
from dragon_app.vision.port import TorchVision


def test_torch_vision_is_what_services_ask_for() -> None:
    vision: Vision = TorchVision()
    assert vision.backbone("resnet18").name == "resnet18"
    assert len(vision.backbones()) >= 80
