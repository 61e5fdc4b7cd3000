"""Addresses of participants on other channels than chat: what is accepted, and which channel an address belongs to.

Not responsible for carrying messages there (``delivery``) or back (``inbound``).
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from pyconvo.emulator.conversations.errors import Code, refusal

_NUMBER: Final = r"\+[1-9][0-9]{1,14}"
_CHANNELS: Final = (
    ("whatsapp", re.compile(rf"whatsapp:{_NUMBER}")),
    ("sms", re.compile(_NUMBER)),
    *((name, re.compile(rf"{name}:\S+")) for name in ("messenger", "rcs", "apple", "gbm")),
    ("email", re.compile(r"[^@\s]+@[^@\s]+")),
)
_LONGEST: Final = 256


def channel(address: str) -> str | None:
    """``whatsapp``, ``sms``, ``email``, … by the form of the address; None for no known form."""
    return next((name for name, form in _CHANNELS if form.fullmatch(address)), None)


def projection(address: Any) -> str:
    """The bindings (JSON) of a chat participant who is seen under ``address`` in group texts; of nobody for None.

    Raises:
        TwilioError: 20001 for anything but a phone number.
    """
    if address is None:
        return "{}"
    if not isinstance(address, str) or channel(address) != "sms":
        raise refusal(Code.BAD_REQUEST, f"a projected address is a phone number such as +15550100, not {address!r}")
    return json.dumps({"sms": {"projected_address": address}})


def binding(value: Any) -> tuple[str, dict[str, str]]:
    """The channel and the published form of a ``messaging_binding``.

    Raises:
        TwilioError: 20001 when an address is missing or of no known form, or the two are of different channels.
    """
    if not isinstance(value, dict):
        raise refusal(Code.BAD_REQUEST, "messaging_binding must be an object")
    given: dict[str, str] = {}
    for name in ("address", "proxy_address", "name", "level"):
        entry = value.get(name)
        if entry is None:
            continue
        if not isinstance(entry, str) or len(entry) > _LONGEST:
            raise refusal(
                Code.BAD_REQUEST, f"messaging_binding.{name} must be a string of at most {_LONGEST} characters"
            )
        given[name] = entry
    kind = channel(given.get("address", ""))
    if kind is None:
        text = "messaging_binding.address must be +…, whatsapp:+…, an e-mail address, or another channel: and …"
        raise refusal(Code.BAD_REQUEST, text)
    if channel(given.get("proxy_address", "")) != kind:
        raise refusal(Code.BAD_REQUEST, f"messaging_binding.proxy_address must be an address for {kind}, too")
    return kind, given
