"""The worker's end of the bridge to the page: JSON text in, JSON text out.

Protocol (every message is a JSON array of operations, applied in order):

page → core
    ``{"op": "new", "handle": c, "user": u, "args": [token, options], "stored": {key: text}}``
        make a client; the page chose the handles (< 0); ``stored``, unless the page keeps nothing: what its session
        storage has
    ``{"op": "call", "id": n, "client": c, "target": h, "method": "sendMessage", "args": […]}``
        ``"progress": true``: it wants to hear how the call goes
    ``{"op": "cancel", "id": n}``  the page no longer waits for call ``n``
    ``{"op": "release", "handles": [[h, seen], …]}``  the page holds ``h`` no longer, after ``seen`` references to it
core → page
    ``{"op": "add", "client": c, "target": h, "class": "Message", "state": […]}``  new to the page, whole: properties in
        the order of ``surface.json``; as ``{name: value}`` where some are not known yet
    ``{"op": "past", "target": h, "events": {name: args}}``  what it emitted last before it was added (for replay)
    ``{"op": "patch", "target": h, "state": {…}}``  properties that changed
    ``{"op": "event", "target": h, "name": "messageAdded", "args": […], "also": [[h, name], …]}``
    ``also``, where there: further objects that emit the same, right after
    ``{"op": "answer", "id": n, "value": …}`` or ``{"op": "answer", "id": n, "error": {…}}``
    ``{"op": "progress", "id": n, "value": …}``  call ``n`` goes on
    ``{"op": "failed", "target": h, "error": {…}}``  a client could not be made
    ``{"op": "gone", "handles": [h, …]}``  released for good
    ``{"op": "store", "key": k, "value": text}`` (or ``null``)  for the page's session storage, in no order, either
    ``{"op": "log", "level": "debug", "name": "pyconvo.sync", "text": …}``  for the console, in no order with the rest

Values are JSON, with ``{"$": kind, …}`` for the rest, see :mod:`pyconvo.bridge.codec`. What crosses is described
once, in ``surface.json``. Not responsible for how the text travels, nor for anything about conversations.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from pyconvo.bridge.core import Bridge
from pyconvo.bridge.page_log import PageLog
from pyconvo.bridge.rehearsal import rehearse
from pyconvo.hosts.base import Host

__all__ = ["Bridge", "start"]


def start(post: Callable[[str], None], host: Host, *, rehearsing: bool = False) -> Bridge:
    """Serve a page: ``post`` sends it one text; give its texts to :meth:`Bridge.receive`. ``rehearsing``: the waiting
    time of the first start is used to run what will be run most (``rehearsal``).
    """
    bridge = Bridge(post, host)
    logging.getLogger("pyconvo").addHandler(PageLog(bridge.put))
    if rehearsing:
        rehearse(host)
    return bridge
