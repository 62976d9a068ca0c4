from dragon_app.core.inbox import Kind, Reason, merge, still_speaking


def reason(kind: Kind, image_id: int, weight: float, class_id: int | None = None) -> Reason:
    return Reason(kind=kind, image_id=image_id, weight=weight, class_id=class_id, sure=weight)


def test_a_photo_is_listed_once_with_all_its_reasons_the_strongest_first() -> None:
    (found,) = merge(
        [reason(Kind.BLURRY, 1, 0.4), reason(Kind.LABEL, 1, 0.8, 2), reason(Kind.LABEL, 1, 0.6, 3)],
        {1: 1},
    )
    assert [each.kind for each in found.reasons] == [Kind.LABEL, Kind.BLURRY]
    assert found.kind is Kind.LABEL
    assert round(found.weight, 2) == 0.88


def test_two_reasons_speak_louder_than_one() -> None:
    reasons = [
        reason(Kind.LABEL, 1, 0.7), reason(Kind.LABEL, 2, 0.6), reason(Kind.MISTAKE, 2, 0.5),
    ]  # fmt: skip
    assert [each.image_id for each in merge(reasons, {1: 1, 2: 1})] == [2, 1]


def test_the_surest_other_class_is_suggested() -> None:
    reasons = [reason(Kind.LABEL, 1, 0.7, 2), reason(Kind.MISTAKE, 1, 0.8, 1)]
    (found,) = merge(reasons, {1: 1})
    assert found.suggestion is not None
    assert found.suggestion.class_id == 2  # the other names the class that it has
    (bare,) = merge([reason(Kind.DARK, 1, 0.5)], {1: None})
    assert bare.suggestion is None


def test_photos_that_are_gone_are_left_out() -> None:
    assert merge([reason(Kind.DARK, 1, 0.5)], {2: 1}) == []


def test_a_pair_is_settled_when_either_photo_is_put_right() -> None:
    reasons = [
        Reason(kind=Kind.TWINS, image_id=1, weight=0.9, class_id=2, others=(7, 8)),
        Reason(kind=Kind.LEAK, image_id=1, weight=0.8, others=(7,)),
    ]
    (found,) = merge(reasons, {1: 1})
    assert still_speaking(found, {7: 2, 8: 1}) == found
    left = still_speaking(found, {7: 1, 8: 1})  # both have its class by now
    assert left is not None
    assert [each.kind for each in left.reasons] == [Kind.LEAK]
    assert still_speaking(found, {}) is None
