"""What a start will most likely ask for, asked before the service has said all that tells it: a round trip less.

Nothing depends on it: a wrong guess is a request in vain.
"""

from __future__ import annotations

import asyncio
import binascii
import json
from typing import Any

from pyconvo.services.streams import Names
from pyconvo.sync import SyncClient, SyncMap


def expected_list(token: str) -> str:
    """The name of the map of the user's conversations, as the service has named it wherever one has looked.

    ``""`` for a token that does not tell its user. Nothing of it is verified.
    """
    parts = token.split(".")
    try:
        text = parts[1].replace("-", "+").replace("_", "/")
        claims: Any = json.loads(binascii.a2b_base64(text + "=" * (-len(text) % 4)))
        identity = claims["grants"]["identity"]
        # Half a surrogate pair is in no address.
        str(identity).encode()
    except (IndexError, KeyError, TypeError, ValueError, RecursionError):
        return ""
    return f"{identity}.channels" if isinstance(identity, str) and identity else ""


async def ask_ahead(sync: SyncClient, my_map: SyncMap, page: asyncio.Future[Any]) -> None:
    """For the objects of those conversations that came along with the user's map: they are named there as in the list,
    of which the first ``page`` is still on its way.
    """
    # Whatever else came along makes no difference to the start.
    usable = [one for one in my_map.known() if isinstance(one.data, dict) and isinstance(one.last_event_id, int)]
    # As they were added or changed last: the list's order is not known here.
    for item in sorted(usable, key=lambda item: item.last_event_id):
        if page.done():
            return
        if item.data.get("status") == "joined":
            names = Names.read(item.data)
            sync.ask_ahead("document", names.document or "")
            sync.ask_ahead("list", names.messages or "")
            sync.ask_ahead("map", names.roster or "")
            # The first requests leave while the others are being written.
            await asyncio.sleep(0)
