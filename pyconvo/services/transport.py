"""The connection that a client's options ask for. Not responsible for opening it."""

from __future__ import annotations

from pyconvo.hosts.base import Host
from pyconvo.options import ClientOptions
from pyconvo.services.configuration import PRODUCT_ID
from pyconvo.services.typing import TYPING_INDICATOR
from pyconvo.sync.client import MESSAGE_TYPES
from pyconvo.twilsock.connection import TwilsockClient
from pyconvo.twilsock.options import TwilsockOptions, init_registration


def transport(host: Host, token: str, options: ClientOptions) -> TwilsockClient:
    """Registers for what a client needs to hear, unless the options say what to register for."""
    registrations = options.init_registrations
    if registrations is None:
        registrations = [init_registration(PRODUCT_ID, (TYPING_INDICATOR, *MESSAGE_TYPES))]
    return TwilsockClient(
        host,
        token,
        TwilsockOptions(
            uri=options.socket_url,
            product_id=PRODUCT_ID,
            registrations=registrations,
            client_metadata=options.metadata,
            retry_policy=options.retry_policy,
            tweaks=options.tweaks,
            continuation_token=options.continuation_token,
        ),
    )
