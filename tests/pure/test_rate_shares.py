"""How much of what AWS admits is reached, and how many calls are throttled: simulated with a clock of its own."""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from inventory.aws.rate import law, ledger
from inventory.aws.rate.law import Bounds, Grant
from inventory.aws.rate.ledger import Ledger

START = 1_000_000.0
BOUNDS = Bounds(start=10.0, floor=0.5, ceiling=1000.0)
MIX = {"list": 0.3, "describe": 0.65, "search": 0.05}


class TokenBucket:
    """A server's limit: `rate` calls a second, `burst` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate, self.burst, self.tokens, self.at = rate, burst, burst, START

    def admits(self, now: float) -> bool:
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class EachSecond(TokenBucket):
    """A limit that is counted anew in each second of the clock."""

    def admits(self, now: float) -> bool:
        if int(now) != int(self.at):
            self.tokens = self.rate
        self.at = now
        self.tokens -= 1
        return self.tokens >= 0


@dataclass
class Crawl:
    """Threads of several processes, each with its block of permits, that call one after the other."""

    limits: Callable[[str], TokenBucket | None]
    mix: dict[str, float] = field(default_factory=lambda: MIX)
    threads: int = 16
    processes: int = 1
    latency: float = 0.05
    seed: int = 1
    admitted: int = 0
    answers: list[tuple[float, bool, str]] = field(default_factory=list)

    def run(self, calls: int) -> Crawl:
        self.random = random.Random(self.seed)  # noqa: S311
        self.ledger = ledger.opened(BOUNDS, START)
        self.permits: list[dict[str, list[float]]] = [{} for _ in range(self.processes)]
        self.events: list[tuple[float, int, Callable[[float], None]]] = []
        self.order = itertools.count()
        for thread in range(self.threads):
            self._at(START + self.random.random() / 100, self._wants(thread % self.processes))
        self.go_on(lambda: self.admitted < calls)
        return self

    def go_on(self, further: Callable[[], bool]) -> None:
        while further():
            now, _, event = heapq.heappop(self.events)
            event(now)

    def _at(self, when: float, event: Callable[[float], None]) -> None:
        heapq.heappush(self.events, (when, next(self.order), event))

    def _wants(self, process: int, name: str = "") -> Callable[[float], None]:
        chosen = name or self.random.choices(list(self.mix), list(self.mix.values()))[0]
        return lambda now: self._turn(process, chosen, chosen if chosen in self.ledger.limited else "", now)

    def _turn(self, process: int, name: str, limited: str, now: float) -> None:
        held = self.permits[process].setdefault(limited, [])
        if not held:
            self.ledger, grant = self._reserve(limited, now)
            if not grant.count:
                again = now + grant.wait + self.random.uniform(0, 0.02)
                return self._at(again, lambda later: self._turn(process, name, limited, later))
            held.extend(grant.first + n * grant.spacing for n in reversed(range(grant.count)))
        sent_at = held.pop()
        sent = max(now, sent_at) + self.random.uniform(0, 0.002)
        if limited:
            return self._at(sent, lambda later: self._turn(process, name, "", later))
        return self._at(sent + self._half_way(), lambda later: self._arrives(process, name, sent_at, later))

    def _reserve(self, limited: str, now: float) -> tuple[Ledger, Grant]:
        if limited:
            return ledger.class_permit(self.ledger, limited, BOUNDS, now)
        return ledger.permit(self.ledger, BOUNDS, now)

    def _arrives(self, process: int, name: str, sent_at: float, now: float) -> None:
        limit = self.limits(name)
        admitted = limit is None or limit.admits(now)
        self.answers.append((now, admitted, name))
        self._at(now + self._half_way(), lambda later: self._learns(process, name, sent_at, later, admitted=admitted))

    def _learns(self, process: int, name: str, sent_at: float, now: float, *, admitted: bool) -> None:
        if admitted:
            self.admitted += 1
            self.ledger = ledger.counted(self.ledger, {name: 1})
            return self._at(now + 0.001, self._wants(process))
        self.ledger = ledger.throttled(self.ledger, name, BOUNDS, None, sent_at, now)
        self.permits[process].clear()
        return self._at(now + self.random.random(), self._wants(process, name))  # botocore's wait before a retry

    def _half_way(self) -> float:
        return self.latency * self.random.uniform(0.3, 0.7)


def throttled_share(answers: list[tuple[float, bool, str]]) -> float:
    return sum(not admitted for _, admitted, _ in answers) / len(answers)


def admitted_rate(answers: list[tuple[float, bool, str]]) -> float:
    return (sum(admitted for _, admitted, _ in answers) - 1) / (answers[-1][0] - answers[0][0])


def behind(limit: TokenBucket, **more: int) -> Crawl:
    return Crawl(lambda _: limit, **more)


TEAMS = [{"threads": 16}, {"threads": 24, "processes": 3, "seed": 2}]


@pytest.mark.parametrize("team", TEAMS)
@pytest.mark.parametrize(("rate", "burst"), [(5, 5), (5, 10), (20, 5), (20, 20), (20, 40), (100, 50), (100, 100)])
def test_of_4000_calls_from_the_start_3_percent_are_throttled_at_most(rate, burst, team):
    answers = behind(TokenBucket(rate, burst), **team).run(4000).answers
    assert throttled_share(answers) <= 0.03
    assert admitted_rate(answers) >= 0.9 * rate


@pytest.mark.parametrize("team", TEAMS)
@pytest.mark.parametrize(("rate", "burst"), [(5, 5), (5, 10), (20, 5), (20, 20)])
def test_of_300_calls_after_the_start_3_percent_are_throttled_at_most(rate, burst, team):
    answers = behind(TokenBucket(rate, burst), **team).run(460).answers[150:450]
    assert throttled_share(answers) <= 0.03
    assert admitted_rate(answers) >= 0.9 * rate


@pytest.mark.parametrize("rate", [5, 20])
def test_limits_counted_by_the_second_are_met_as_well(rate):
    answers = behind(EachSecond(rate, rate)).run(2000).answers
    assert throttled_share(answers) <= 0.03
    assert admitted_rate(answers) >= 0.9 * rate


def test_a_server_that_never_throttles_is_asked_at_full_speed_within_10_seconds():
    """16 threads at 50 ms make 313 calls a second at most."""
    answers = Crawl(lambda _: None).run(6000).answers
    late = [answer for answer in answers if answer[0] > START + 10]
    assert admitted_rate(late) > 0.95 * 313


def test_a_class_with_a_limit_of_its_own_does_not_slow_the_others():
    """Search admits one call a second, and is 2 calls of 100."""
    search = TokenBucket(1, 2)
    crawl = Crawl(lambda name: search if name == "search" else None, {"describe": 0.98, "search": 0.02}).run(4000)
    assert crawl.ledger.limited == {"search"}
    assert admitted_rate(crawl.answers) > 30


def test_a_class_with_a_limit_of_its_own_is_rarely_throttled():
    describe = TokenBucket(20, 20)
    limits = {"describe": describe}
    crawl = Crawl(limits.get, {"describe": 0.2, "list": 0.8}).run(4000)
    described = [answer for answer in crawl.answers if answer[2] == "describe"]
    assert throttled_share(described) <= 0.05
    assert admitted_rate(described) >= 0.8 * 20


def test_classes_that_share_a_limit_get_none_of_their_own():
    assert not behind(TokenBucket(5, 5), threads=24).run(2000).ledger.limited


def test_a_limit_that_is_raised_is_found():
    limit = TokenBucket(5, 5)
    crawl = behind(limit).run(300)
    limit.rate = 50.0
    crawl.go_on(lambda: crawl.answers[-1][0] < START + 200)
    late = [answer for answer in crawl.answers if answer[0] > START + 150]
    assert admitted_rate(late) > 40


def test_a_limit_that_is_lowered_is_found():
    limit = TokenBucket(50, 50)
    crawl = behind(limit).run(1000)
    limit.rate, limit.burst, limit.tokens = 5.0, 5.0, 0.0
    changed = len(crawl.answers)
    crawl.go_on(lambda: len(crawl.answers) < changed + 600)
    assert throttled_share(crawl.answers[changed + 300 :]) <= 0.03
    assert law.rate(crawl.ledger.total, BOUNDS) < 10


def test_processes_get_equal_shares():
    """Each of three finds as many permits as the others, by chance and over time."""
    taken = [0, 0, 0]
    held = ledger.opened(Bounds(5.0, 5.0, 5.0), START)
    chance = random.Random(3)  # noqa: S311
    asking = [(START + chance.random() / 50, process) for process in range(3)]
    for _ in range(6000):
        now, process = heapq.heappop(asking)
        held, grant = ledger.permit(held, Bounds(5.0, 5.0, 5.0), now)
        taken[process] += grant.count
        heapq.heappush(asking, (now + grant.wait + chance.uniform(0, 0.02), process))
    assert max(taken) < 1.2 * min(taken)
