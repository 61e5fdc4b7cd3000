"""Reads JSON bodies of requests, strictly, and writes those of answers. Not responsible for what the fields mean."""

from __future__ import annotations

import json
import math
from typing import Any

from starlette import responses
from starlette.requests import Request

from pyconvo.emulator.errors import TwilioError
from pyconvo.json_writer import well_formed, writer

BAD_REQUEST = 20001


_write = writer(ensure_ascii=False)


class JSONResponse(responses.JSONResponse):
    """Starlette's, written by an encoder that is made once instead of one for each answer."""

    def render(self, content: Any) -> bytes:
        return well_formed(_write(content)).encode("utf-8")


async def read(request: Request) -> dict[str, Any]:
    """The JSON object in a request's body; ``{}`` when it is empty. Raises :class:`TwilioError` (400)."""
    try:
        body = _DECODER.decode((await request.body() or b"{}").decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise TwilioError(400, BAD_REQUEST, "The request body is not valid JSON") from error
    if not isinstance(body, dict):
        raise TwilioError(400, BAD_REQUEST, "The request body is not a JSON object")
    return body


def optional(body: dict[str, Any], name: str, kind: type) -> Any:
    """A field that may be missing but not of another type."""
    value = body.get(name)
    if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
        raise TwilioError(400, BAD_REQUEST, f"{name} must be of type {kind.__name__}")
    return value


def _finite(text: str) -> float:
    # Python reads 1e999 as infinity, and nobody could be told of that again in JSON.
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is too large")
    return value


def _no_constant(name: str) -> Any:
    # Python reads NaN and Infinity; JSON has neither.
    raise ValueError(f"{name} is not JSON")


#: Made once: making one costs more than reading a short body with it.
_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
