"""The signature by which the receiver of a webhook knows the sender. Source: Twilio's "Webhooks Security".

Not responsible for keeping the secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

HEADER = "X-Twilio-Signature"


def sign(auth_token: str, url: str, form: Mapping[str, str]) -> str:
    """The value of the header for a request to ``url`` with ``form`` in its body (empty for a GET)."""
    text = url + "".join(key + form[key] for key in sorted(form))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()
