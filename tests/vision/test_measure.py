"""How good a network is."""

from dataclasses import replace

import torch

from dragon_app.vision.measure import Measurement, Task, measure
from dragon_app.vision.memory import Portions
from dragon_app.vision.observer import Observer

SCORES = torch.tensor([[9.0, 0.0, 0.0], [9.0, 0.0, 0.0], [0.0, 9.0, 0.0]])
TASK = Task(
    load=lambda indices: SCORES[indices],
    score=lambda rows: rows,
    targets=torch.tensor([0, 1, 1]),
    portions=Portions(torch.device("cpu")),
)
OBSERVER = Observer(lambda event: None, lambda: False)


def test_photos_are_counted_by_truth_and_answer() -> None:
    measured = measure(TASK, classes=3, observer=OBSERVER)
    assert measured.confusion == ((1, 0, 0), (1, 1, 0), (0, 0, 0))
    assert 2.9 < measured.loss < 3.1


def test_some_photos_are_measured_alone() -> None:
    measured = measure(TASK, classes=3, observer=OBSERVER, indices=[2, 0])
    assert measured.confusion == ((1, 0, 0), (0, 1, 0), (0, 0, 0))
    assert measured.loss < 0.1


def test_where_classes_count_alike_a_rare_one_decides() -> None:
    common = Measurement(loss=0.1, confusion=((98, 0), (2, 0)))
    rare = Measurement(loss=0.9, confusion=((90, 8), (0, 2)), is_balanced=True)
    assert rare.is_better_than(common)
    assert not replace(rare, is_balanced=False).is_better_than(common)
    assert rare.share > 0.9
    assert rare.accuracy == 0.92


def test_accuracy_decides_and_then_the_loss() -> None:
    worse = Measurement(loss=0.1, confusion=((1, 1), (0, 2)))
    better = Measurement(loss=0.9, confusion=((2, 0), (0, 2)))
    surer = Measurement(loss=0.5, confusion=((2, 0), (0, 2)))
    assert better.is_better_than(worse)
    assert surer.is_better_than(better)
    assert not better.is_better_than(surer)
    assert worse.is_better_than(None)
