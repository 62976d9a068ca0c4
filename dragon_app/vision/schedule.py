"""How the learning rate moves over a run. Pure numbers."""

from math import cos, pi

from dragon_app.core.config import Schedule

STEPS_DOWN = 3  # a tenth after each third of the run
CYCLE_UP = 0.3  # of a one-cycle run
WARM_UP = 0.1  # of a run with warm-up
ONE_CYCLE_START = 0.04
ONE_CYCLE_END = 1e-4


def lr_factor(schedule: Schedule, step: int, steps: int) -> float:
    """Return the factor on the learning rate for a step (from 0) of a run of `steps`."""
    done = step / steps
    match schedule:
        case Schedule.CONSTANT:
            return 1.0
        case Schedule.STEP:
            return 0.1 ** int(done * STEPS_DOWN)
        case Schedule.COSINE:
            return (1 + cos(pi * done)) / 2
        case Schedule.ONE_CYCLE if done < CYCLE_UP:
            return _between(ONE_CYCLE_START, 1.0, done / CYCLE_UP)
        case Schedule.ONE_CYCLE:
            return _between(1.0, ONE_CYCLE_END, (done - CYCLE_UP) / (1 - CYCLE_UP))
        case Schedule.WARM_UP if done < WARM_UP:
            return (step + 1) / (WARM_UP * steps + 1)
        case Schedule.WARM_UP:
            return _between(1.0, 0.0, (done - WARM_UP) / (1 - WARM_UP))


def _between(start: float, end: float, share: float) -> float:
    """Go from start to end along half a cosine wave."""
    return start + (end - start) * (1 - cos(pi * share)) / 2
