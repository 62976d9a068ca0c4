"""From settings and photos to a run ready to begin: weights, arithmetic, optimizer, cache."""

from dataclasses import replace

import torch

from dragon_app.core.config import FinetuneConfig, Optimizer
from dragon_app.core.training import TrainingPhotos
from dragon_app.features.store import FeatureStore
from dragon_app.vision.arithmetic import prepare
from dragon_app.vision.budget import Budget
from dragon_app.vision.calibration import resolve
from dragon_app.vision.course import Course
from dragon_app.vision.freezing import frozen_in_the_end, parameter_groups
from dragon_app.vision.measurements import Subject
from dragon_app.vision.memory import Portions
from dragon_app.vision.objective import make_objective
from dragon_app.vision.observer import Observer
from dragon_app.vision.origin import origin
from dragon_app.vision.photos import CompactPhotos, compact_key
from dragon_app.vision.plan import Plan
from dragon_app.vision.start import find_weights, read_as, start_network


def set_out(
    config: FinetuneConfig,
    photos: TrainingPhotos,
    store: FeatureStore,
    *,
    device: torch.device,
    observer: Observer,
) -> Course:
    """Load weights and settle what was left open; no photo is read."""
    generator = torch.Generator().manual_seed(config.seed)
    found = find_weights(config.weights, config.backbone, config.weights_file, observer)
    transform = read_as(found, config.backbone, config.image_size_px)
    classes = len(photos.class_names)
    start = start_network(config.backbone, found, transform, classes=classes, generator=generator)
    observer.began(origin(found, device))
    stages = len(start.parts.stages)
    finally_frozen = frozen_in_the_end(config.freeze, stages)
    start.network.to(device)
    size_px = transform.crop_px
    subject = Subject(backbone=config.backbone, image_size_px=size_px, device=device)
    arithmetic = resolve(
        config.arithmetic, start.network, subject, folder=store.cache.path, observer=observer
    )
    prepare(start.network, arithmetic)
    used = replace(config, arithmetic=arithmetic)
    budget = Budget()
    shelf = store.shelf(compact_key(transform))
    train, val = (
        CompactPhotos(part, transform, shelf=shelf, budget=budget)
        for part in (photos.train, photos.val)
    )
    return Course(
        config=used,
        plan=Plan(config=used, stages=stages, finally_frozen=finally_frozen),
        objective=make_objective(used, train.targets, classes=classes),
        start=start,
        train=train,
        val=val,
        store=store,
        budget=budget,
        portions=Portions(device),
        device=device,
        generator=generator,
        observer=observer,
    )


def make_optimizer(course: Course) -> torch.optim.Optimizer:
    """Return the optimizer of everything that learns at some time."""
    config = course.config
    groups = parameter_groups(
        course.network,
        course.start.parts.stage_of,
        frozen=course.plan.finally_frozen,
        head_lr=config.head_lr,
        layer_decay=config.layer_decay,
    )
    is_fused = course.device.type in {"cpu", "cuda"}  # one pass over the weights for each step
    if config.optimizer is Optimizer.SGD:
        return torch.optim.SGD(
            groups, momentum=config.momentum, weight_decay=config.weight_decay, fused=is_fused
        )
    return torch.optim.AdamW(groups, weight_decay=config.weight_decay, fused=is_fused)
