"""The connection machine's table of transitions: the official one, and our additions. No loop, no host."""

from __future__ import annotations

import pytest
from played_machine import Connection

from pyconvo.twilsock.actions import (
    Emit,
)
from pyconvo.twilsock.packet import encode
from pyconvo.twilsock.states import PUBLIC, TRANSITIONS, State, Trigger

# The table as the protocol's description gives it: trigger, from, to.
OFFICIAL = """
userConnect: disconnected rejected -> connecting
userConnect: connecting -> connecting
userConnect: connected -> connected
socketConnected: connecting -> initialising
initSuccess: initialising -> connected
initError: initialising -> error
tokenRejected: initialising updating -> rejected
userUpdateToken: disconnected rejected retrying connecting -> connecting
userUpdateToken: connected -> updating
updateSuccess: updating -> connected
updateError: updating -> error
socketClosed: connecting initialising connected updating error waitOffloadSocketClosed -> retrying
socketClosed: disconnecting waitSocketClosed -> disconnected
socketClosed: rejected -> rejected
receiveOffload: initialising connected updating -> waitOffloadSocketClosed
receiveClose: initialising connected updating -> waitSocketClosed
receiveFatalClose: initialising connected updating -> unsupported
userRetry: retrying -> connecting
systemOnline: retrying -> connecting
userDisconnect: connecting initialising connected updating retrying rejected waitSocketClosed -> disconnecting
userDisconnect: waitOffloadSocketClosed -> disconnecting
"""

OURS = """
socketImpossible: connecting -> disconnected
giveUp: retrying -> disconnected
userDisconnect: error -> disconnecting
userUpdateToken: waitSocketClosed -> connecting
"""


def rows(text: str) -> set[tuple[State, Trigger, State]]:
    result = set()
    for line in text.strip().splitlines():
        trigger, _, way = line.partition(": ")
        sources, _, target = way.partition(" -> ")
        result |= {(State(source), Trigger(trigger), State(target)) for source in sources.split()}
    return result


class TestTable:
    def test_is_the_official_one_and_our_additions(self) -> None:
        table = {(source, trigger, target) for source, row in TRANSITIONS.items() for trigger, target in row.items()}
        assert table == rows(OFFICIAL) | rows(OURS)
        assert not rows(OFFICIAL) & rows(OURS)

    def test_knows_every_state(self) -> None:
        assert set(TRANSITIONS) == set(State) == set(PUBLIC)

    def test_every_state_can_end_and_be_left(self) -> None:
        reached = {State.DISCONNECTED}
        for _ in State:
            reached |= {target for source in reached for target in TRANSITIONS[source].values()}
        assert reached == set(State)
        ends = {state for state, row in TRANSITIONS.items() if Trigger.USER_DISCONNECT not in row}
        assert ends == {State.DISCONNECTED, State.DISCONNECTING, State.UNSUPPORTED}

    @pytest.mark.parametrize("trigger", Trigger)
    @pytest.mark.parametrize("state", State)
    def test_walk(self, state: State, trigger: Trigger) -> None:
        connection = Connection()
        connection.machine.state = state
        known = TRANSITIONS[state].get(trigger)
        assert connection.machine._fire(trigger) is (known is not None)
        actions = connection.take()
        if known is None:
            assert (connection.state, actions) == (state, [])
        else:
            assert connection.state is known
            changed = [one.payload[0] for one in actions if isinstance(one, Emit) and one.event == "state_changed"]
            assert changed == ([] if known is state else [PUBLIC[known]])

    @pytest.mark.parametrize("state", State)
    def test_whatever_happens_is_no_exception(self, state: State) -> None:
        happenings = [
            lambda machine: machine.connect(),
            lambda machine: machine.disconnect(),
            lambda machine: machine.update_token("other"),
            lambda machine: machine.socket_opened(),
            lambda machine: machine.socket_failed(None),
            lambda machine: machine.socket_impossible("x"),
            lambda machine: machine.socket_closed(),
            lambda machine: machine.network(True),
            lambda machine: machine.network(False),
            *(lambda machine, key=key: machine.timer(key) for key in ("retry", "wait", "closed", "queue:x", "reply:x")),
            lambda machine: machine.socket_received(b"noise"),
            lambda machine: machine.socket_received(encode({"method": "close", "id": "x"})),
            lambda machine: machine.socket_received(encode({"method": "close", "id": "x", "status": {"code": 308}})),
            lambda machine: machine.socket_received(encode({"method": "reply", "id": "x"})),
            lambda machine: machine.socket_received(encode({"method": "reply"})),
            lambda machine: machine.socket_received(encode({"method": "moon", "id": "x"})),
        ]
        for happening in happenings:
            connection = Connection()
            connection.machine.state = state
            happening(connection.machine)
            assert connection.state in State
