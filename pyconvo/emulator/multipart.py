"""Reads ``multipart/form-data``, as far as an upload of one file needs it. Not responsible for what the file is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.json_body import BAD_REQUEST

#: How browsers write these three in a quoted name.
_ESCAPES = {"%22": '"', "%0D": "\r", "%0A": "\n"}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form; ``filename`` is None for one that is no file."""

    filename: str | None
    content_type: str | None
    data: bytes


def first_file(content_type: str, body: bytes) -> Part | None:
    """The first part with a file name, or else the first part. Raises :class:`TwilioError` (400) for no valid form."""
    parts = _parts(content_type, body)
    return next((part for part in parts if part.filename is not None), parts[0] if parts else None)


def _parts(content_type: str, body: bytes) -> list[Part]:
    found = re.search(r'boundary=(?:"([^"]+)"|([^\s;]+))', content_type, re.IGNORECASE)
    if found is None:
        raise TwilioError(400, BAD_REQUEST, "The form's content type names no boundary")
    pieces = (b"\r\n" + body).split(b"\r\n--" + (found[1] or found[2]).encode("latin-1"))
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise TwilioError(400, BAD_REQUEST, "The form ends before its last boundary")
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> Part:
    head, separator, data = piece.partition(b"\r\n\r\n")
    if not separator:
        raise TwilioError(400, BAD_REQUEST, "A part of the form has no end of its header")
    lines = (line.partition(":") for line in head.decode("utf-8", "replace").split("\r\n"))
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    named = re.search(r';\s*filename="([^"]*)"', headers.get("content-disposition", ""), re.IGNORECASE)
    filename = None if named is None else re.sub("%(?:22|0D|0A)", lambda escape: _ESCAPES[escape[0]], named[1])
    return Part(filename, headers.get("content-type"), data)
