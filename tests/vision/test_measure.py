"""How good a network is."""

import torch

from dragon_app.vision.measure import Measurement, Task, measure
from dragon_app.vision.memory import Portions
from dragon_app.vision.observer import Observer


def test_photos_are_counted_by_truth_and_answer() -> None:
    scores = torch.tensor([[9.0, 0.0, 0.0], [9.0, 0.0, 0.0], [0.0, 9.0, 0.0]])
    task = Task(
        load=lambda indices: scores[indices],
        score=lambda rows: rows,
        targets=torch.tensor([0, 1, 1]),
        portions=Portions(torch.device("cpu")),
    )
    measured = measure(task, classes=3, observer=Observer(lambda event: None, lambda: False))
    assert measured.confusion == ((1, 0, 0), (1, 1, 0), (0, 0, 0))
    assert 2.9 < measured.loss < 3.1


def test_accuracy_decides_and_then_the_loss() -> None:
    worse = Measurement(loss=0.1, confusion=((1, 1), (0, 2)))
    better = Measurement(loss=0.9, confusion=((2, 0), (0, 2)))
    surer = Measurement(loss=0.5, confusion=((2, 0), (0, 2)))
    assert better.is_better_than(worse)
    assert surer.is_better_than(better)
    assert not better.is_better_than(surer)
    assert worse.is_better_than(None)
