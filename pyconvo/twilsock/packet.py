"""The packet codec: one WebSocket message is one packet. Shared by the client and the emulator.

::

    TWILSOCK V3.0 <header bytes> CR LF
    <header, a JSON object> CR LF
    <payload, header["payload_size"] bytes>

Not responsible for what a method means: headers are plain dictionaries here.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from pyconvo.json_writer import well_formed, writer

MAGIC = b"TWILSOCK"
VERSION = b"V3.0"
JSON_TYPE = "application/json"

#: Longest first line that can be a packet's: the magic, the version and a decimal size of up to 19 digits.
_MAX_FIRST_LINE = len(MAGIC) + len(VERSION) + 2 + 19


_write = writer(ensure_ascii=False)
#: Made once: making one costs as much as reading a packet with it.
_DECODER = json.JSONDecoder()
#: Reads one JSON value that begins at a position of a text; returns it, and where it ends.
_scan = _DECODER.raw_decode

#: The first line of nearly every packet, and the beginning of its header.
_BEGINNING = re.compile(r"TWILSOCK V3\.0 ([0-9]{1,19})\r\n")


class PacketError(ValueError):
    """The bytes are not a Twilsock packet. The message says what is wrong, never what the packet held."""


class Packet(NamedTuple):
    """One packet: its header, and its payload as JSON value, text, or ``None`` when there is none."""

    header: dict[str, Any]
    payload: Any = None
    #: Whether the packet carried a payload at all (JSON ``null`` is a payload too).
    has_payload: bool = False

    @property
    def method(self) -> str:
        return str(self.header.get("method", ""))

    @property
    def id(self) -> str:
        return str(self.header.get("id", ""))


def dumps(value: Any) -> bytes:
    """Compact UTF-8 JSON as JavaScript's ``JSON.stringify`` writes it. Refuses NaN."""
    try:
        text = _write(value)
    except (TypeError, ValueError) as error:
        raise PacketError(f"value cannot be written as JSON: {error}") from error
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return well_formed(text).encode("utf-8")


def encode(header: dict[str, Any], payload: Any = None, *, trailer: bytes = b"") -> bytes:
    """Write a packet. ``payload``: ``None`` for none, ``str`` or ``bytes`` as they are, anything else as JSON.

    ``payload_size`` is added as the header's last key. ``trailer`` is appended uncounted (the live service
    ends a payload with CR LF).
    """
    if payload is None:
        body = b""
    elif isinstance(payload, bytes):
        body = payload
    elif isinstance(payload, str):
        try:
            body = payload.encode("utf-8")
        except UnicodeEncodeError as error:
            raise PacketError("text payload holds an unpaired surrogate") from error
    else:
        body = dumps(payload)
    full = {key: value for key, value in header.items() if key != "payload_size"}
    full["payload_size"] = len(body)
    head = dumps(full)
    return b"%s %s %d\r\n%s\r\n%s%s" % (MAGIC, VERSION, len(head), head, body, trailer if body else b"")


def acknowledgement(id: str) -> bytes:
    """The reply to what the service sends: always the same but for the id, and as frequent as that."""
    head = (
        f'{{"id":{json.encoder.encode_basestring_ascii(id)},"method":"reply","payload_type":"{JSON_TYPE}",'
        '"status":{"code":200,"status":"OK"},"payload_size":0}'
    )
    return f"TWILSOCK V3.0 {len(head)}\r\n{head}\r\n".encode("ascii")


def split(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Separate a packet's header from its payload's bytes, which are left unread.

    Bytes after the counted payload are ignored, as the service may append CR LF. Raises :class:`PacketError`.
    """
    end = data.find(b"\r", 0, _MAX_FIRST_LINE + 1)
    if end < 0:
        raise PacketError("no first line: expected 'TWILSOCK V3.0 <size>' and CR LF")
    parts = data[:end].split(b" ")
    if parts[0] != MAGIC or len(parts) != 3:
        raise PacketError("not a Twilsock packet: expected 'TWILSOCK V3.0 <size>'")
    if parts[1] != VERSION:
        raise PacketError("unsupported protocol version: only V3.0 is spoken")
    if not parts[2].isdigit():
        raise PacketError("header size is not a decimal number")
    start = end + 2
    stop = start + int(parts[2])
    if stop > len(data):
        raise PacketError("packet ends inside its header")
    header = _json(data[start:stop], "header")
    if not isinstance(header, dict):
        raise PacketError("header is not a JSON object")
    size = header.get("payload_size") or 0
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise PacketError("payload_size is not a non-negative integer")
    body = data[stop + 2 : stop + 2 + size]
    if len(body) < size:
        raise PacketError("packet ends inside its payload")
    return header, body


def decode(data: bytes) -> Packet:
    """Read a packet, with its payload as its ``payload_type`` says. Raises :class:`PacketError`."""
    read = _decode_ascii(data)
    if read is not None:
        return read
    header, body = split(data)
    if not body:
        return Packet(header)
    return Packet(header, _payload(header.get("payload_type"), body), has_payload=True)


def _decode_ascii(data: bytes) -> Packet | None:
    """The quick way for packets all in ASCII with a JSON payload, as most are: bytes are characters there, so both JSON
    values can be read where they are. ``None`` for any other packet, and for anything strange: :func:`split` says what.
    """
    if not data.isascii():
        return None
    text = data.decode("ascii")
    beginning = _BEGINNING.match(text)
    if beginning is None:
        return None
    stop = beginning.end() + int(beginning[1])
    try:
        header, end = _scan(text, beginning.end())
        size = header.get("payload_size")
        if end != stop or size.__class__ is not int or str(header.get("payload_type")) != JSON_TYPE:
            return None
        payload, end = _scan(text, stop + 2)
    except (ValueError, RecursionError, AttributeError):
        return None
    return Packet(header, payload, True) if end == stop + 2 + size else None


def _payload(payload_type: Any, body: bytes) -> Any:
    if payload_type is None or str(payload_type).startswith(JSON_TYPE):
        return _json(body, "payload")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PacketError("payload is not UTF-8 text") from error


def _json(data: bytes, part: str) -> Any:
    try:
        return _DECODER.decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise PacketError(f"{part} is not valid JSON") from error
