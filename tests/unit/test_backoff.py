"""Delays between attempts, as arithmetic."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from pyconvo.backoff import Backoff, ReconnectDelays, Retrier, RetryLimitError, RetryPolicy


def middle() -> float:
    return 0.5


class TestRetrier:
    def test_doubles_up_to_the_maximum(self) -> None:
        retrier = Retrier(RetryPolicy(min=4000, max=60_000), middle)
        assert [retrier.first(0)] + [retrier.next(0) for _ in range(7)] == [
            0, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000,
        ]  # fmt: skip

    def test_without_a_maximum(self) -> None:
        retrier = Retrier(RetryPolicy(min=1, max=0, initial=7), middle)
        assert [retrier.first(0)] + [retrier.next(0) for _ in range(4)] == [7, 1, 2, 4, 8]

    def test_counts_attempts(self) -> None:
        retrier = Retrier(RetryPolicy(max_attempts=2), middle)
        retrier.first(0)
        retrier.next(0)
        with pytest.raises(RetryLimitError, match="count"):
            retrier.next(0)

    def test_fails_early_rather_than_wait_beyond_the_time(self) -> None:
        retrier = Retrier(RetryPolicy(min=4000, max_time=10_000), middle)
        retrier.first(1000)
        assert retrier.next(1000) == 4000
        with pytest.raises(RetryLimitError, match="time"):
            retrier.next(5000)

    def test_an_override_replaces_the_delay_and_its_successors(self) -> None:
        retrier = Retrier(RetryPolicy(min=4000), middle)
        retrier.first(0)
        assert [retrier.next(0, 500), retrier.next(0)] == [500, 1000]

    @pytest.mark.parametrize("seed", range(20))
    def test_randomness_stays_in_bounds(self, seed: int) -> None:
        retrier = Retrier(RetryPolicy(min=1000, max=1000, randomness=0.2), random.Random(seed).random)
        retrier.first(0)
        assert all(800 <= retrier.next(0) <= 1200 for _ in range(50))

    def test_official_option_names(self) -> None:
        options = {"min": 5, "maxAttemptsCount": 3, "maxAttemptsTime": None, "randomness": 0.1}
        assert RetryPolicy.from_options(options, RetryPolicy(max=9)) == RetryPolicy(
            min=5, max=9, max_attempts=3, randomness=0.1
        )


class TestBackoff:
    def test_grows_and_starts_again(self) -> None:
        backoff = Backoff(lambda: 0, initial=100, maximum=1000)
        assert [backoff.next() for _ in range(6)] == [100, 200, 400, 800, 1000, 1000]
        backoff.reset()
        assert backoff.next() == 100

    def test_spreads_upwards(self) -> None:
        backoff = Backoff(lambda: 0.999, initial=100, maximum=150, randomisation=0.2)
        assert [backoff.next(), backoff.next()] == [120, 150]

    def test_never_overflows(self) -> None:
        backoff = Backoff(middle)
        assert list(islice(iter(backoff.next, None), 5000))[-1] == 10_000

    @pytest.mark.parametrize(
        "bad", [{"initial": 0}, {"maximum": 1}, {"factor": 1}, {"randomisation": 2}, {"initial": 10, "maximum": 10}]
    )
    def test_limits(self, bad: dict[str, float]) -> None:
        with pytest.raises(ValueError, match="out of range"):
            Backoff(middle, **bad)


class TestReconnectDelays:
    policy = RetryPolicy(min=1000, max=120_000, randomness=0.2)

    def test_the_first_reconnect_is_never_immediate(self) -> None:
        delays = ReconnectDelays(self.policy, middle)
        assert [delays.next(0) for _ in range(9)] == [1000 * 2**n for n in range(7)] + [120_000] * 2

    def test_a_floor_starts_the_next_series(self) -> None:
        delays = ReconnectDelays(self.policy, middle)
        delays.set_floor(2500)
        assert [delays.next(0), delays.next(0)] == [2500, 5000]

    def test_a_floor_restarts_a_series_only_if_it_is_larger(self) -> None:
        delays = ReconnectDelays(self.policy, middle)
        delays.next(0)
        delays.set_floor(300)
        assert delays.next(0) == 300
        delays.set_floor(200)
        assert delays.next(0) == 600
        delays.set_floor(5000)
        assert delays.next(0) == 5000

    def test_a_floor_may_exceed_the_maximum(self) -> None:
        delays = ReconnectDelays(self.policy, middle)
        delays.set_floor(500_000)
        assert [delays.next(0), delays.next(0)] == [500_000, 500_000]

    def test_reset(self) -> None:
        delays = ReconnectDelays(self.policy, middle)
        delays.set_floor(9000)
        delays.reset()
        assert delays.next(0) == 1000

    def test_the_skipped_attempt_does_not_count(self) -> None:
        delays = ReconnectDelays(RetryPolicy(max_attempts=2), middle)
        assert [delays.next(0), delays.next(0)] == [1000, 2000]
        with pytest.raises(RetryLimitError):
            delays.next(0)
