"""When batches of subscriptions are due: what the core asks of its driver, without any driver."""

from __future__ import annotations

from pyconvo.sync.subscription import CancelTimer, SendBatch, StartTimer
from pyconvo.sync.subscriptions import Subscriptions


def test_a_timer_that_fires_before_a_burst_is_over_is_not_set_again() -> None:
    class Subject:
        sid, type, last_event_id = "ES1", "list", 0

        def set_subscription_state(self, state: str) -> None:
            self.state = state

        def advance(self, event_id: int | None) -> None: ...

    subscriptions = Subscriptions(lambda: 1.0, lambda: 0.5)
    subscriptions.connection(True)
    subscriptions.add(Subject())  # type: ignore[arg-type]
    assert [type(action) for action in subscriptions.take()] == [CancelTimer, StartTimer]
    subscriptions.timer("batch")
    (batch,) = subscriptions.take()
    assert isinstance(batch, SendBatch)
    established = {"object_sid": "ES1", "object_type": "list", "replay_status": "completed", "last_event_id": 0}
    news = {"event_type": "subscription_established", "correlation_id": batch.id, "event": established}
    subscriptions.notification(news, replayed=True)
    subscriptions.timer("batch")
    assert not any(isinstance(action, StartTimer) for action in subscriptions.take())
