from __future__ import annotations

from threading import Thread

import pytest

from qa.serving import limits
from qa.serving.limits import Rate


class Clock:
    """The monotonic clock, set by hand."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(limits, "time", clock)
    return clock


def test_so_many_in_any_minute_and_each_for_himself(clock: Clock) -> None:
    rate = Rate(2)
    assert rate.wait("anna") == 0
    clock.now += 10
    assert rate.wait("anna") == 0
    assert rate.wait("anna") == 50
    assert rate.wait("bob") == 0
    clock.now += 49
    assert rate.wait("anna") == 1
    clock.now += 1
    assert rate.wait("anna") == 0
    assert rate.wait("anna") == 10


def test_what_is_refused_does_not_count(clock: Clock) -> None:
    rate = Rate(1)
    assert rate.wait("anna") == 0
    for _ in range(100):
        assert rate.wait("anna") > 0
    clock.now += 60
    assert rate.wait("anna") == 0


def test_whoever_has_a_network_of_addresses_is_one() -> None:
    rate = Rate(1)
    for who, others in (
        ("2001:db8::1", ["2001:db8::2", "2001:DB8:0:0:ffff::1", "2001:db8::3%eth0"]),
        (("anna", "2001:db8::1"), [("anna", "2001:db8::2")]),
        ("203.0.113.7", ["::ffff:203.0.113.7"]),
    ):
        assert rate.wait(who) == 0
        assert all(rate.wait(other) > 0 for other in others)
    for other in ("2001:db8:0:1::1", "::ffff:203.0.113.8", "203.0.113.9", ("bob", "2001:db8::1"), "anna"):
        assert rate.wait(other) == 0, other


def test_it_remembers_so_many_and_the_latest_of_them(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST", 3)
    rate = Rate(1)
    for who in ("a", "b", "c", "d"):
        assert rate.wait(who) == 0
    assert [rate.wait(who) > 0 for who in ("b", "c", "d")] == [True, True, True]
    assert rate.wait("a") == 0


def test_many_threads_get_no_more_than_one_would() -> None:
    rate, taken = Rate(50), []

    def work() -> None:
        taken.extend(1 for _ in range(100) if rate.wait("anna") == 0)

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 50
