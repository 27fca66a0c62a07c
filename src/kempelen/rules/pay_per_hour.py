"""Pay per hour: how long an answer took, what an hour of a kind of work pays, and how sure that is.

The active time of an answer is the seconds in which its frame was visible and there had been an input within
the last 60 s, as the page counts and sends them; it is never more than the time from accepting to submitting.
Where nothing was sent, the time from accepting to submitting stands for it, and the basis says so.

The predicted pay per hour is the reward divided by the median active time, where each worker counts once,
with the median of that worker's latest answers: neither one who did a thousand nor one who did them at
leisure decides for everybody. Its interval is the 95 % percentile interval of the bootstrap over workers (B.
Efron, R. Tibshirani: An Introduction to the Bootstrap, 1993, chapter 13; workers are what is resampled, since
the answers of one are alike: A. C. Davison, D. V. Hinkley: Bootstrap Methods and their Application, 1997,
section 3.8). Of a median the bootstrap distribution is known exactly, without drawing (B. Efron: Bootstrap
methods: another look at the jackknife, Annals of Statistics 7, 1979, section 3): the m-th smallest of n
values drawn with replacement is at most the k-th smallest of them as often as a binomial(n, k/n) is at least
m. So the same answers always give the same interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb

ENOUGH_WORKERS = 5
"""Under so many workers the pay per hour is not yet known."""
MOST_WORKERS = 200
"""How many workers are looked at: those who answered last."""
MOST_ANSWERS = 20
"""How many answers of each: the latest."""
LOW, HIGH = 0.025, 0.975
HOUR = 3_600
LONGEST = 99_999_999
_WIDTH = 9


class Basis(StrEnum):
    """What the seconds are."""

    ACTIVE_TIME = "ActiveTime"
    ACCEPT_TO_SUBMIT = "AcceptToSubmit"
    MIXED = "Mixed"


@dataclass(frozen=True, slots=True)
class Worked:
    """How long an answer took, in seconds, at least one."""

    seconds: int
    basis: Basis


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an hour of a kind of work pays, in minor units, with the ends of the 95 % interval."""

    amount: int
    low: int
    high: int
    workers: int
    basis: Basis


def worked(*, accepted_at: int, submitted_at: int, active_seconds: int | None) -> Worked:
    """How long an answer took; the moments in milliseconds, `active_seconds` None where nothing was sent."""
    most = min(LONGEST, max(1, (submitted_at - accepted_at) // 1000))
    if active_seconds is None:
        return Worked(most, Basis.ACCEPT_TO_SUBMIT)
    return Worked(max(1, min(active_seconds, most)), Basis.ACTIVE_TIME)


def pay(reward: int, seconds: int) -> int:
    """What an hour pays where so many seconds earn `reward`, in minor units, rounded half up."""
    seconds = max(1, seconds)
    return (2 * reward * HOUR + seconds) // (2 * seconds)


def estimate(reward: int, answers: Sequence[Sequence[Worked]]) -> Estimate | None:
    """What an hour pays, from the answers of each worker; None under `ENOUGH_WORKERS`.

    `reward` in minor units. Of an even number of values the larger of the middle two is the median, which
    promises less pay.
    """
    medians = sorted(_median([each.seconds for each in of_worker]) for of_worker in answers if of_worker)
    if len(medians) < ENOUGH_WORKERS:
        return None
    quick, slow = (medians[_rank(len(medians), share) - 1] for share in (LOW, HIGH))
    bases = {each.basis for of_worker in answers for each in of_worker}
    return Estimate(
        amount=pay(reward, _median(medians)),
        low=pay(reward, slow),
        high=pay(reward, quick),
        workers=len(medians),
        basis=bases.pop() if len(bases) == 1 else Basis.MIXED,
    )


def _median(values: Sequence[int]) -> int:
    return sorted(values)[len(values) // 2]


def _rank(count: int, share: float) -> int:
    """The place, from 1, of the value below which that share of the bootstrapped medians lies."""
    low, high = 1, count
    while low < high:
        middle = (low + high) // 2
        if _at_most(count, middle) >= share:
            high = middle
        else:
            low = middle + 1
    return low


def _at_most(count: int, place: int) -> float:
    """How often the bootstrapped median of `count` values is at most the value at this place."""
    wanted = count // 2 + 1
    share = place / count
    return sum(
        comb(count, hits) * share**hits * (1 - share) ** (count - hits) for hits in range(wanted, count + 1)
    )


def written(one: Worked) -> str:
    """An answer's time in nine characters, as a worker's latest ones are kept one after the other."""
    return f"{one.seconds:08d}{'a' if one.basis is Basis.ACTIVE_TIME else 's'}"


def read(text: str) -> tuple[Worked, ...]:
    """The times that stand one after the other in a text."""
    parts = (text[at : at + _WIDTH] for at in range(0, len(text), _WIDTH))
    return tuple(
        Worked(int(part[:-1]), Basis.ACTIVE_TIME if part[-1] == "a" else Basis.ACCEPT_TO_SUBMIT)
        for part in parts
    )


KEPT_CHARACTERS = _WIDTH * MOST_ANSWERS
"""How long the text of a worker's latest answers is at most."""
