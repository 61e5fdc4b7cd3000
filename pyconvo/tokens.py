"""Makes Twilio access tokens for Conversations. For servers, bots and tests; never for a page: it needs the secret.

Needs PyJWT (extra ``emulator``). Not responsible for verifying (the service does).
"""

from __future__ import annotations

import math
import secrets
import time


def access_token(
    identity: str,
    *,
    account_sid: str,
    api_key_sid: str,
    api_key_secret: str,
    service_sid: str,
    ttl: float = 3600,
    now: float | None = None,
    push_credential_sid: str | None = None,
) -> str:
    """A signed access token with a chat grant; ``push_credential_sid`` names what devices are reached with.

    ``ttl``: seconds until it expires (Twilio accepts up to 86,400); ``now``: seconds since 1970, default the
    system's clock. Raises :class:`ValueError` for an empty identity or secret and for a
    lifetime that is none.
    """
    import jwt

    if not identity:
        raise ValueError("identity must not be empty")
    if not api_key_secret:
        raise ValueError("api_key_secret must not be empty")
    if not math.isfinite(ttl) or ttl <= 0:
        raise ValueError("ttl must be a positive number of seconds")
    push = {} if push_credential_sid is None else {"push_credential_sid": push_credential_sid}
    issued = time.time() if now is None else now
    claims = {
        # Two tokens of the same second must differ: an update with an equal token is no update.
        "jti": f"{api_key_sid}-{int(issued)}-{secrets.token_hex(4)}",
        "iss": api_key_sid,
        "sub": account_sid,
        "iat": int(issued),
        "exp": int(issued + ttl),
        "grants": {"identity": identity, "chat": {"service_sid": service_sid, **push}},
    }
    return jwt.encode(claims, api_key_secret, algorithm="HS256", headers={"cty": "twilio-fpa;v=1"})
