"""From settings and photos to a run ready to begin, or to go on: weights, arithmetic, optimizer."""

from dataclasses import replace

import torch

from dragon_app.core.config import FinetuneConfig, Optimizer
from dragon_app.core.training import TrainingPhotos
from dragon_app.features.store import FeatureStore
from dragon_app.vision.arithmetic import prepare
from dragon_app.vision.budget import Budget
from dragon_app.vision.calibration import resolve
from dragon_app.vision.course import Course
from dragon_app.vision.devices import choose_device
from dragon_app.vision.freezing import frozen_in_the_end, parameter_groups
from dragon_app.vision.measurements import Subject
from dragon_app.vision.memory import Portions
from dragon_app.vision.objective import make_objective
from dragon_app.vision.observer import Observer
from dragon_app.vision.origin import origin
from dragon_app.vision.photos import CompactPhotos, compact_key
from dragon_app.vision.plan import Plan, views_that_fit
from dragon_app.vision.resuming import start_again
from dragon_app.vision.standing import Standing
from dragon_app.vision.start import Start, find_weights, read_as, start_network


def set_out(
    config: FinetuneConfig,
    photos: TrainingPhotos,
    store: FeatureStore,
    *,
    observer: Observer,
    standing: Standing | None = None,
) -> Course:
    """Load weights and settle what was left open; no photo is read.

    A run that goes on takes its weights and arithmetic from its standing.
    """
    device = choose_device(config.device)
    generator = torch.Generator().manual_seed(config.seed)
    classes = len(photos.class_names)
    if standing is None:
        start = _begin(config, classes, generator, observer)
    else:
        start = start_again(standing, config.backbone, classes=classes)
    observer.began(origin(start.weights_digest, device))
    stages = len(start.parts.stages)
    finally_frozen = frozen_in_the_end(config.freeze, stages)
    start.network.to(device)
    subject = Subject(
        backbone=config.backbone, image_size_px=start.transform.crop_px, device=device
    )
    arithmetic = resolve(
        config.arithmetic if standing is None else standing.arithmetic,
        start.network,
        subject,
        folder=store.cache.path,
        observer=observer,
    )
    prepare(start.network, arithmetic)
    used = replace(config, arithmetic=arithmetic)
    budget = Budget()
    shelf = store.shelf(compact_key(start.transform))
    train, val = (
        CompactPhotos(part, start.transform, shelf=shelf, budget=budget)
        for part in (photos.train, photos.val)
    )
    return Course(
        config=used,
        plan=Plan(
            config=used,
            stages=stages,
            finally_frozen=finally_frozen,
            begins=1 if standing is None else standing.place.epoch,
            most_views=views_that_fit(len(train), width=start.network.head.linear.in_features),
        ),
        objective=make_objective(used, train.targets, classes=classes),
        start=start,
        train=train,
        val=val,
        store=store,
        budget=budget,
        portions=Portions(device, halvings=0 if standing is None else standing.halvings),
        device=device,
        generator=generator,
        observer=observer,
    )


def _begin(
    config: FinetuneConfig, classes: int, generator: torch.Generator, observer: Observer
) -> Start:
    found = find_weights(config.weights, config.backbone, config.weights_file, observer)
    transform = read_as(found, config.backbone, config.image_size_px)
    return start_network(config.backbone, found, transform, classes=classes, generator=generator)


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
