from dragon_app.core.config import FinetuneConfig
from dragon_app.services.gains import Fixes, Gain
from dragon_app.wiring import App
from tests.photos import incoming_photos
from tests.services.conftest import finish


def test_before_a_second_run_fixes_wait(ready_app: App) -> None:
    assert ready_app.gains.waiting() == (None, Fixes(relabelled=0, binned=0, kept=0))
    run = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    ready_app.labelling.assign([1], 2)
    ready_app.inbox.keep({2: 1})
    waiting = ready_app.gains.waiting()
    assert waiting == (run.id, Fixes(relabelled=1, binned=0, kept=1))
    assert waiting[1].words == "1 fix (1 relabelled)"
    assert ready_app.gains.latest() is None


def test_two_runs_are_held_against_each_other_by_the_labels_of_the_later(ready_app: App) -> None:
    first = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    held_out = [
        photo.image_id
        for photo in ready_app.history.of_run(first.id).photos
        if photo.split == "val" and photo.image_id
    ]
    light = [each for each in held_out if ready_app.dataset.image(each).class_id == 2]
    ready_app.dataset.add(incoming_photos(range(60, 64)), class_name="light")
    ready_app.labelling.assign(light, 1)  # the fake calls every photo dark: now it is right
    second = finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    found = ready_app.gains.latest()
    assert found is not None
    assert (found.before, found.after, found.fixes.relabelled) == (first.id, second.id, len(light))
    assert (found.n, found.right) == (len(held_out), (len(held_out), len(held_out)))
    assert found.new == 4
    assert found.is_chance
    assert "both by the labels of now. They do equally well." in found.words
    finish(ready_app, ready_app.runs.start(FinetuneConfig()))
    assert ready_app.gains.latest() is None  # nothing was fixed between the last two


def test_other_settings_and_a_clear_gain_are_told() -> None:
    gain = Gain(
        before=1, after=2, fixes=Fixes(relabelled=1, binned=0, kept=0), n=50, right=(20, 40),
        chance=0.001, is_same_settings=False, new=2,
    )  # fmt: skip
    assert gain.words == (
        "After 1 fix (1 relabelled): of the 50 photos that both held out, run 1 is right on 20, "
        "run 2 on 40, both by the labels of now. That is hardly chance. Besides, the settings "
        "differ and 2 photos are new: it may not be the fixes alone."
    )
