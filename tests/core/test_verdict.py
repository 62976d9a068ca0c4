from dragon_app.core.verdict import Score, call_winner


def score(label: str, hits: int, seconds: float, *, n: int = 200) -> Score:
    return Score(label=label, hits=hits, n=n, seconds=seconds)


def test_the_one_whose_interval_lies_above_all_others_wins_however_slow() -> None:
    verdict = call_winner([score("Head", 100, 1), score("All", 180, 99)])
    assert verdict is not None
    assert (verdict.place, verdict.is_clear) == (1, True)
    assert verdict.words == "All wins: its interval lies above all the others."


def test_among_those_that_cannot_be_told_apart_the_quickest_is_taken_and_said_to_be_no_winner() -> (
    None
):
    scores = [score("Weak", 60, 1), score("Head", 148, 5), score("Last", 150, 30)]
    verdict = call_winner(scores)
    assert verdict is not None
    assert (verdict.place, verdict.equals, verdict.is_clear) == (1, (1, 2), False)
    assert verdict.words == (
        "No clear winner: Head is quickest among the equals. "
        "The held-out photos cannot tell it from Last."
    )


def test_few_photos_tell_nothing_apart() -> None:
    verdict = call_winner([score("Head", 1, 9, n=2), score("All", 2, 1, n=2)])
    assert verdict is not None
    assert (verdict.place, len(verdict.equals)) == (1, 2)


def test_one_run_alone_wins_nothing() -> None:
    assert call_winner([]) is call_winner([score("Head", 9, 1)]) is None
