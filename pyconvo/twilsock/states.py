"""Every state of a Twilsock connection and every way from one to another: one table.

Rules
-----
* ``TRANSITIONS[state][trigger]`` is the next state. A trigger that is missing for a state is ignored there.
* An entry that names its own state is accepted without entering that state again.
* What entering a state or taking a transition *does* is ``machine``'s business, not this file's.

The table is the official client's, plus the entries marked "ours": each ends a way in which that client could
be left without an end.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    INITIALISING = "initialising"
    CONNECTED = "connected"
    UPDATING = "updating"
    RETRYING = "retrying"
    ERROR = "error"
    REJECTED = "rejected"
    DISCONNECTING = "disconnecting"
    #: The service ended the session (401, 410); the socket is being closed.
    WAIT_SOCKET_CLOSED = "waitSocketClosed"
    #: The service asked us to come back (308 and others); the socket is being closed.
    WAIT_OFFLOAD_SOCKET_CLOSED = "waitOffloadSocketClosed"
    #: The service does not understand us (406, 417). The end of this client.
    UNSUPPORTED = "unsupported"


class Trigger(StrEnum):
    USER_CONNECT = "userConnect"
    USER_DISCONNECT = "userDisconnect"
    USER_UPDATE_TOKEN = "userUpdateToken"
    USER_RETRY = "userRetry"
    SYSTEM_ONLINE = "systemOnline"
    SOCKET_CONNECTED = "socketConnected"
    SOCKET_CLOSED = "socketClosed"
    #: The URL can never work. Ours: the official client stays in ``connecting`` for ever.
    SOCKET_IMPOSSIBLE = "socketImpossible"
    INIT_SUCCESS = "initSuccess"
    INIT_ERROR = "initError"
    UPDATE_SUCCESS = "updateSuccess"
    UPDATE_ERROR = "updateError"
    TOKEN_REJECTED = "tokenRejected"
    RECEIVE_CLOSE = "receiveClose"
    RECEIVE_OFFLOAD = "receiveOffload"
    RECEIVE_FATAL_CLOSE = "receiveFatalClose"
    #: The retry policy allows no further attempt. Ours: the official client stays in ``retrying`` for ever.
    GIVE_UP = "giveUp"


_S, _T = State, Trigger

#: What the service may say about a session that exists or is being set up.
_CLOSES = {
    _T.RECEIVE_CLOSE: _S.WAIT_SOCKET_CLOSED,
    _T.RECEIVE_OFFLOAD: _S.WAIT_OFFLOAD_SOCKET_CLOSED,
    _T.RECEIVE_FATAL_CLOSE: _S.UNSUPPORTED,
}

TRANSITIONS: dict[State, dict[Trigger, State]] = {
    _S.DISCONNECTED: {
        _T.USER_CONNECT: _S.CONNECTING,
        _T.USER_UPDATE_TOKEN: _S.CONNECTING,
    },
    _S.CONNECTING: {
        _T.USER_CONNECT: _S.CONNECTING,
        _T.USER_UPDATE_TOKEN: _S.CONNECTING,
        _T.USER_DISCONNECT: _S.DISCONNECTING,
        _T.SOCKET_CONNECTED: _S.INITIALISING,
        _T.SOCKET_CLOSED: _S.RETRYING,
        _T.SOCKET_IMPOSSIBLE: _S.DISCONNECTED,  # ours
    },
    _S.INITIALISING: {
        _T.USER_DISCONNECT: _S.DISCONNECTING,
        _T.SOCKET_CLOSED: _S.RETRYING,
        _T.INIT_SUCCESS: _S.CONNECTED,
        _T.INIT_ERROR: _S.ERROR,
        _T.TOKEN_REJECTED: _S.REJECTED,
        **_CLOSES,
    },
    _S.CONNECTED: {
        _T.USER_CONNECT: _S.CONNECTED,
        _T.USER_UPDATE_TOKEN: _S.UPDATING,
        _T.USER_DISCONNECT: _S.DISCONNECTING,
        _T.SOCKET_CLOSED: _S.RETRYING,
        **_CLOSES,
    },
    _S.UPDATING: {
        _T.USER_DISCONNECT: _S.DISCONNECTING,
        _T.SOCKET_CLOSED: _S.RETRYING,
        _T.UPDATE_SUCCESS: _S.CONNECTED,
        _T.UPDATE_ERROR: _S.ERROR,
        _T.TOKEN_REJECTED: _S.REJECTED,
        **_CLOSES,
    },
    _S.RETRYING: {
        _T.USER_UPDATE_TOKEN: _S.CONNECTING,
        _T.USER_DISCONNECT: _S.DISCONNECTING,
        _T.USER_RETRY: _S.CONNECTING,
        _T.SYSTEM_ONLINE: _S.CONNECTING,
        _T.GIVE_UP: _S.DISCONNECTED,  # ours
    },
    _S.ERROR: {
        _T.USER_DISCONNECT: _S.DISCONNECTING,  # ours: a shutdown in this tick must not be lost
        _T.SOCKET_CLOSED: _S.RETRYING,
    },
    _S.REJECTED: {
        _T.USER_CONNECT: _S.CONNECTING,
        _T.USER_UPDATE_TOKEN: _S.CONNECTING,
        _T.USER_DISCONNECT: _S.DISCONNECTING,
        _T.SOCKET_CLOSED: _S.REJECTED,
    },
    _S.DISCONNECTING: {
        _T.SOCKET_CLOSED: _S.DISCONNECTED,
    },
    _S.WAIT_SOCKET_CLOSED: {
        # Ours: the new token of a tokenExpired handler is not lost, and need not wait for the 3 s to pass.
        _T.USER_UPDATE_TOKEN: _S.CONNECTING,
        _T.USER_DISCONNECT: _S.DISCONNECTING,
        _T.SOCKET_CLOSED: _S.DISCONNECTED,
    },
    _S.WAIT_OFFLOAD_SOCKET_CLOSED: {
        _T.USER_DISCONNECT: _S.DISCONNECTING,
        _T.SOCKET_CLOSED: _S.RETRYING,
    },
    _S.UNSUPPORTED: {},
}

#: The state that users see.
PUBLIC: dict[State, str] = {
    _S.DISCONNECTED: "disconnected",
    _S.CONNECTING: "connecting",
    _S.INITIALISING: "connecting",
    _S.CONNECTED: "connected",
    _S.UPDATING: "connected",
    _S.RETRYING: "connecting",
    _S.ERROR: "connecting",
    _S.REJECTED: "denied",
    _S.DISCONNECTING: "disconnecting",
    _S.WAIT_SOCKET_CLOSED: "disconnecting",
    _S.WAIT_OFFLOAD_SOCKET_CLOSED: "disconnecting",
    _S.UNSUPPORTED: "disconnected",
}
