"""How a refusal looks as an answer, and what somebody is told of an exception that ended their request.

Not responsible for who is refused what.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import Scope

from pyconvo.emulator.errors import TwilioError
from pyconvo.emulator.json_body import JSONResponse
from pyconvo.emulator.webhooks.decisions import Asked

logger = logging.getLogger("pyconvo.emulator")


@lru_cache
def reason(status: int) -> str:
    """The text of an HTTP status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def refuse(error: TwilioError) -> JSONResponse:
    """The answer that refuses."""
    body = error.body()
    # The message may repeat what was asked for, and that need not be text.
    body["message"] = error.message.encode("utf-8", "replace").decode()
    return JSONResponse(body, status_code=error.status)


def worded(error: Exception, scope: Scope) -> TwilioError:
    """What to say of an exception that ended the request ``scope``; what nobody foresaw is logged."""
    if isinstance(error, TwilioError):
        return error
    if isinstance(error, Asked):
        # Nobody gets this answer: the door asks, and then carries the request out anew.
        return TwilioError(503, 20503, "A webhook is being asked")
    if isinstance(error, UnicodeEncodeError):
        return TwilioError(400, 20001, "The request holds an unpaired surrogate: that is not text")
    if isinstance(error, HTTPException):
        # No such address, or not with this method.
        text = f"{scope['method']} {scope['path']}: {reason(error.status_code)}"
        return TwilioError(error.status_code, 20000 + error.status_code, text)
    logger.error("%s %s failed", scope["method"], scope["path"], exc_info=error)
    return TwilioError(500, 20500, "Internal error of the emulator; see its log")
