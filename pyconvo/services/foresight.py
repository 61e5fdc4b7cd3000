"""What a start will most likely ask for, as far as the token tells it before the service does.

Nothing depends on it: a wrong guess is a request in vain.
"""

from __future__ import annotations

import binascii
import json
from typing import Any


def expected_list(token: str) -> str:
    """The name of the map of the user's conversations, as the service has named it wherever one has looked.

    ``""`` for a token that does not tell its user. Nothing of it is verified.
    """
    parts = token.split(".")
    try:
        text = parts[1].replace("-", "+").replace("_", "/")
        claims: Any = json.loads(binascii.a2b_base64(text + "=" * (-len(text) % 4)))
        identity = claims["grants"]["identity"]
    except (IndexError, KeyError, TypeError, ValueError, RecursionError):
        return ""
    return f"{identity}.channels" if isinstance(identity, str) and identity else ""
