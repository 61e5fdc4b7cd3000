"""Verifies access tokens as the service does: signature, lifetime on the emulator's clock, the chat grant.

Not responsible for making tokens (``pyconvo.tokens``).
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

import jwt

from pyconvo.emulator.clock import Clock
from pyconvo.emulator.errors import TwilioError

INVALID = 20101
EXPIRED = 20104
NOT_YET_VALID = 20105
INVALID_GRANTS = 20106
INVALID_SIGNATURE = 20107


@dataclass(frozen=True, slots=True)
class Access:
    """What a valid token says. ``expires`` is in seconds since 1970; ``service_sid``: the chat service it opens."""

    identity: str
    expires: float
    claims: dict[str, Any]
    service_sid: str


def verify(token: Any, *, secret: str, services: Container[str], clock: Clock) -> Access:
    """``services``: the sids of the chat services that there are.

    Raises :class:`TwilioError` (401) that says what is wrong; the token itself is never repeated."""
    if not isinstance(token, str) or not token:
        raise TwilioError(401, INVALID, "Invalid Access Token: it is empty")
    try:
        claims = jwt.decode(
            token, secret, algorithms=["HS256"], options={"verify_exp": False, "verify_nbf": False, "verify_iat": False}
        )
    except jwt.InvalidSignatureError as error:
        raise TwilioError(401, INVALID_SIGNATURE, "Invalid Access Token signature: wrong API key secret") from error
    except jwt.PyJWTError as error:
        raise TwilioError(401, INVALID, "Invalid Access Token: not a JSON Web Token signed with HS256") from error
    grants = claims.get("grants")
    identity = grants.get("identity") if isinstance(grants, dict) else None
    chat = grants.get("chat") if isinstance(grants, dict) else None
    if not isinstance(identity, str) or not identity:
        raise TwilioError(401, INVALID_GRANTS, "Invalid Access Token grants: no identity")
    service_sid = chat.get("service_sid") if isinstance(chat, dict) else None
    if not isinstance(service_sid, str) or service_sid not in services:
        text = "Invalid Access Token grants: no chat grant for a service that there is"
        raise TwilioError(401, INVALID_GRANTS, text)
    expires = claims.get("exp")
    if not isinstance(expires, int | float) or isinstance(expires, bool):
        raise TwilioError(401, EXPIRED, "Access Token expired or expiration date invalid: no expiry")
    now = clock.now()
    if expires <= now:
        raise TwilioError(401, EXPIRED, "Access Token expired or expiration date invalid")
    starts = claims.get("nbf")
    # Clocks of different machines differ a little; a minute is forgiven.
    if isinstance(starts, int | float) and starts > now + 60:
        raise TwilioError(401, NOT_YET_VALID, "Access Token not yet valid")
    return Access(identity, float(expires), claims, service_sid)
