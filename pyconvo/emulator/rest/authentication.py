"""Who may use the REST API: the account with its auth token, or its API key with its secret.

Not responsible for clients' access tokens (``auth``).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from typing import Final

from pyconvo.emulator.config import ACCOUNT_SID, API_KEY_SID, AUTH_TOKEN
from pyconvo.emulator.errors import TwilioError

#: Below ``/v1/``, but for clients: they come with an access token.
_FOR_CLIENTS: Final = re.compile(r"/v1/(Instances/|registrations(/|$)|Services/[^/]+/Media(Set)?(/|$))")


def is_rest(path: str) -> bool:
    """Whether a path belongs to the public REST API."""
    return path.startswith("/v1/") and _FOR_CLIENTS.match(path) is None


def authenticate(authorization: str | None, api_key_secret: str) -> None:
    """Passes for the account's credentials.

    Raises:
        TwilioError: 401/20003; the credentials themselves are never repeated.
    """
    scheme, _, encoded = (authorization or "").partition(" ")
    try:
        given = base64.b64decode(encoded.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        given = ""
    known = (f"{ACCOUNT_SID}:{AUTH_TOKEN}", f"{API_KEY_SID}:{api_key_secret}")
    if not any(hmac.compare_digest(given.encode(), one.encode()) for one in known):
        raise TwilioError(401, 20003, "Authenticate: HTTP Basic with the account's sid and auth token is needed")
