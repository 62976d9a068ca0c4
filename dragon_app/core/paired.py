"""Two models on the same photos: whether their difference may be chance. Pure numbers."""


def sign_test(only_first: int, only_second: int) -> float:
    """Return how likely chance alone splits the disagreements at least as unevenly.

    `only_first` counts the photos that the first alone is right on. The two-sided exact test of
    McNemar: photos on which both are right or both wrong say nothing about the difference.
    """
    n = only_first + only_second
    fewer = min(only_first, only_second)
    tail = ways = 1  # to choose none
    for k in range(fewer):
        ways = ways * (n - k) // (k + 1)  # from those to choose k: quick also for thousands
        tail += ways
    share: float = 2 * tail / 2**n
    return min(1.0, share)
