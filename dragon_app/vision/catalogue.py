"""What a person is told about each backbone before choosing one. Builds no network with weights."""

from dataclasses import replace

from dragon_app.core.config import WeightsSource
from dragon_app.core.networks import BackboneInfo
from dragon_app.vision import sources
from dragon_app.vision.backbone import anatomy, check_name, names


def backbones() -> tuple[BackboneInfo, ...]:
    """Return every classification network, by name, without stages."""
    return tuple(_describe(name) for name in names())


def backbone(name: str) -> BackboneInfo:
    """Return one network with its stages; raise `NotFoundError` with near names when unknown."""
    check_name(name)
    info = _describe(name)
    return replace(info, stages=anatomy(name, info.image_size_px).stages)


def _describe(name: str) -> BackboneInfo:
    """Parameters include torchvision's own head; the image size is what AUTO weights would use."""
    facts = sources.imagenet_weights(name).meta
    own = sources.starter()
    is_starter = own is not None and own.backbone == name
    return BackboneInfo(
        name=name,
        parameters=facts["num_params"],
        image_size_px=sources.choose(WeightsSource.AUTO, name).transform.crop_px,
        imagenet_top1=facts["_metrics"]["ImageNet-1K"]["acc@1"],
        imagenet_megabytes=facts["_file_size"],
        imagenet_is_here=sources.is_here(name),
        is_starter=is_starter,
        starter=own.info if own is not None and is_starter else None,
    )
