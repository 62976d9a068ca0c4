from dragon_app.core.verdict import Score, call_middle, call_quickest


def score(label: str, hits: int, seconds: float, *, n: int = 200) -> Score:
    return Score(label=label, hits=hits, n=n, seconds=seconds)


def test_the_one_whose_interval_lies_above_all_others_wins_however_slow() -> None:
    verdict = call_quickest([score("Head", 100, 1), score("All", 180, 99)])
    assert verdict is not None
    assert (verdict.place, verdict.is_clear) == (1, True)
    assert verdict.words == "All wins: its interval lies above all the others."


def test_among_those_that_cannot_be_told_apart_the_quickest_is_taken_and_said_to_be_no_winner() -> (
    None
):
    scores = [score("Weak", 60, 1), score("Head", 148, 5), score("Last", 150, 30)]
    verdict = call_quickest(scores)
    assert verdict is not None
    assert (verdict.place, verdict.equals, verdict.is_clear) == (1, (1, 2), False)
    assert verdict.words == (
        "No clear winner: Head is quickest among the equals. "
        "The held-out photos cannot tell it from Last."
    )


def test_few_photos_tell_nothing_apart() -> None:
    verdict = call_quickest([score("Head", 1, 9, n=2), score("All", 2, 1, n=2)])
    assert verdict is not None
    assert (verdict.place, len(verdict.equals)) == (1, 2)


def test_of_equal_rates_the_middle_one_is_taken_however_quick_the_others_were() -> None:
    scores = [score(f"Rate {i}", hits, i) for i, hits in enumerate((90, 148, 150, 149, 151))]
    verdict = call_middle(scores)
    assert verdict is not None
    assert (verdict.place, verdict.equals) == (2, (1, 2, 3, 4))
    assert verdict.words == (
        "No clear winner: Rate 2 lies in the middle of the equals. "
        "The held-out photos cannot tell Rate 1 to Rate 4 apart."
    )
    clear = call_middle([score("Rate 0", 100, 1), score("Rate 1", 180, 9)])
    assert clear is not None
    assert (clear.place, clear.is_clear) == (1, True)


def test_one_run_alone_wins_nothing() -> None:
    for call in (call_quickest, call_middle):
        assert call([]) is call([score("Head", 9, 1)]) is None
