"""Sends what the page put together with ``prepareMessage()``.

The builder itself lives on the page (its methods are synchronous there); it crosses when it is sent.
Not responsible for the checks: the core's own builder makes them.
"""

from __future__ import annotations

from typing import Any


async def send_prepared(conversation: Any, message: dict[str, Any]) -> Any:
    """``message``: the set fields among ``body``, ``subject``, ``attributes``. Returns the new message's index."""
    builder = conversation.prepare_message()
    for field, value in message.items():
        getattr(builder, _SETTERS[field])(value)
    return await builder.build_and_send()


_SETTERS = {"body": "set_body", "subject": "set_subject", "attributes": "set_attributes"}
