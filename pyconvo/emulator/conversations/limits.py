"""Sizes and counts that the service allows, and the checks of what clients send.

Not responsible for: rate limits (the application's fault switches), nor for who may do something (``permissions``).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from pyconvo.emulator.conversations.errors import Code, refusal

CONVERSATION_SID = re.compile(r"CH[0-9a-fA-F]{32}")
PARTICIPANT_SID = re.compile(r"MB[0-9a-fA-F]{32}")
MESSAGING_SERVICE_SID = re.compile(r"MG[0-9a-fA-F]{32}")
USER_SID = re.compile(r"US[0-9a-fA-F]{32}")
MEDIA_SID = re.compile(r"ME[0-9a-fA-F]{32}")
#: Seconds.
LONGEST_TIMER = 100 * 365 * 86_400
SHORTEST_INACTIVE = 60
SHORTEST_CLOSED = 600


@dataclass(frozen=True)
class Limits:
    """Names, identities and bodies for other channels in characters; attributes, other bodies and media in bytes; the
    rest in pieces.
    """

    friendly_name: int = 256
    unique_name: int = 256
    identity: int = 256
    conversation_attributes: int = 16 * 1024
    attributes: int = 4 * 1024
    body: int = 32 * 1024
    channel_body: int = 1600
    subject: int = 256
    participants: int = 1000
    non_chat_participants: int = 50
    conversations_per_user: int = 1000
    unread_count: int = 1000
    media_count: int = 10
    media_size: int = 150 * 1024 * 1024
    media_total_size: int = 150 * 1024 * 1024


def text(value: Any, name: str, *, longest: int, code: Code) -> str | None:
    """``value`` if it is a string of at most ``longest`` characters, or None.

    Raises:
        TwilioError: ``code`` when it is too long, 20001 when it is no string.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise refusal(Code.BAD_REQUEST, f"{name} must be a string")
    _size(value, name)
    if len(value) > longest:
        raise refusal(code, f"{len(value)} characters, {longest} are allowed")
    return value


def attributes(value: Any, *, longest: int) -> str:
    """``value`` if it is JSON text of at most ``longest`` bytes; ``{}`` for None.

    Raises:
        TwilioError: 50304 when it is not JSON text, 50303 when it is too long.
    """
    if value is None:
        return "{}"
    if not isinstance(value, str):
        raise refusal(Code.ATTRIBUTES_NOT_JSON, "a string of JSON is expected")
    size = _size(value, "attributes")
    if size > longest:
        raise refusal(Code.ATTRIBUTES_TOO_LONG, f"{size} bytes, {longest} are allowed")
    try:
        _DECODER.decode(value)
    except (ValueError, RecursionError) as error:
        raise refusal(Code.ATTRIBUTES_NOT_JSON, str(error)) from None
    return value


def body(value: Any, *, longest: int) -> str | None:
    """``value`` if it is a message text of at most ``longest`` bytes, or None.

    Raises:
        TwilioError: 50504 when it is too long, 20001 when it is no string.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise refusal(Code.BAD_REQUEST, "body must be a string")
    size = _size(value, "body")
    if size > longest:
        raise refusal(Code.BODY_TOO_LONG, f"{size} bytes, {longest} are allowed")
    return value


def timer(value: Any, *, least: float, code: Code) -> float | None:
    """``value`` if it is a number of seconds that a conversation may be left alone; None: for ever.

    Raises:
        TwilioError: ``code`` when it is less than ``least``, 20001 when it is no number or beyond a hundred years.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not value <= LONGEST_TIMER:
        raise refusal(Code.BAD_REQUEST, "a timer is a number of seconds, up to a hundred years")
    if value < least:
        raise refusal(code, f"{value:g} seconds")
    return float(value)


def identity(value: Any, *, longest: int) -> str:
    """``value`` if it names a user.

    Raises:
        TwilioError: 50207 when it is too long, 20001 when it is empty or no string.
    """
    checked = text(value, "identity", longest=longest, code=Code.IDENTITY_TOO_LONG)
    if not checked:
        raise refusal(Code.BAD_REQUEST, "identity must be a non-empty string")
    return checked


def _size(value: str, name: str) -> int:
    """Bytes of UTF-8. Half of a surrogate pair has none, and could not be stored."""
    try:
        return len(value.encode("utf-8"))
    except UnicodeEncodeError:
        raise refusal(Code.BAD_REQUEST, f"{name} is not valid Unicode (a lone surrogate)") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)
