"""What each epoch sees."""

from dataclasses import replace

from dragon_app.core.config import Augment, FinetuneConfig, Freeze, Optimizer
from dragon_app.vision.plan import FEATURES_BYTES, Plan, views_that_fit

CONFIG = FinetuneConfig(epochs=6, augment=Augment.LIGHT, freeze=3)


def _plan(config: FinetuneConfig = CONFIG, finally_frozen: int = 3) -> Plan:
    return Plan(config=config, stages=5, finally_frozen=finally_frozen)


def test_four_views_take_turns_while_something_is_frozen() -> None:
    views = [_plan().view(epoch) for epoch in range(1, 7)]
    assert views == ["light-0", "light-1", "light-2", "light-3", "light-0", "light-1"]
    assert _plan().views(3) == views[:4]


def test_other_seeds_share_the_views_of_a_frozen_part() -> None:
    assert _plan(replace(CONFIG, seed=7)).views(3) == _plan().views(3)


def test_a_network_that_learns_as_a_whole_sees_no_view_twice() -> None:
    plan = _plan(replace(CONFIG, freeze=Freeze.NOTHING), finally_frozen=0)
    other = _plan(replace(plan.config, seed=7), finally_frozen=0)
    views = {each.view(epoch) for each in (plan, other) for epoch in range(1, 7)}
    assert len(views) == 12
    assert plan.depths() == []


def test_without_variation_training_sees_what_validation_sees() -> None:
    assert _plan(replace(CONFIG, augment=Augment.OFF)).views(3) == ["eval"]


def test_a_head_that_learns_first_has_views_of_its_own() -> None:
    plan = _plan(replace(CONFIG, unfreeze_after=2))
    assert plan.depths() == [3, 5]
    assert plan.views(5) == ["light-0", "light-1"]
    assert plan.views(3) == ["light-2", "light-3", "light-0", "light-1"]


def test_a_computed_head_learns_from_the_plain_view_first() -> None:
    exact = replace(CONFIG, optimizer=Optimizer.EXACT, epochs=1, freeze=Freeze.BACKBONE)
    assert _plan(exact, 5).views(5) == ["eval", "light-0", "light-1", "light-2"]


def test_a_computed_head_learns_from_as_many_views_as_the_memory_holds() -> None:
    of_photos = {photos: views_that_fit(photos, width=440) for photos in (1, 70_000, 100_000)}
    assert of_photos == {1: 4, 70_000: 4, 100_000: 3}
    assert views_that_fit(100_000, width=440) * 100_000 * 440 * 4 <= FEATURES_BYTES
    assert views_that_fit(10**6, width=2048) == 1


def test_views_that_do_not_fit_are_not_even_made() -> None:
    exact = replace(CONFIG, optimizer=Optimizer.EXACT, epochs=1, freeze=Freeze.BACKBONE)
    assert replace(_plan(exact, 5), most_views=2).views(5) == ["eval", "light-0"]
    assert replace(_plan(exact, 5), most_views=1).views(5) == ["eval"]


def test_epochs_that_are_over_need_nothing() -> None:
    config = replace(CONFIG, unfreeze_after=2)
    begun = _plan(config)
    later = replace(begun, begins=4)
    assert (begun.depths(), later.depths()) == ([3, 5], [3])
    assert [later.view(epoch) for epoch in later.epochs()] == ["light-3", "light-0", "light-1"]
    assert later.views(3) == ["light-3", "light-0", "light-1"]
