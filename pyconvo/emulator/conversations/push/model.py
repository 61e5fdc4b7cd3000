"""The parts of push, put together. Not responsible for any of it."""

from __future__ import annotations

from pyconvo.emulator.conversations.context import Context
from pyconvo.emulator.conversations.push.bindings import Bindings
from pyconvo.emulator.conversations.push.credentials import Credentials
from pyconvo.emulator.conversations.push.notifications import Notifications
from pyconvo.emulator.conversations.push.outbox import PushOutbox
from pyconvo.emulator.conversations.push.records import create_tables
from pyconvo.emulator.conversations.users import Users


class PushService:
    """``bindings`` (devices), ``credentials``, ``notifications`` (what is sent, in which words), ``outbox``."""

    def __init__(self, context: Context, users: Users) -> None:
        """Creates what is missing in the database."""
        with context.store.transaction():
            create_tables(context.db)
        self.bindings = Bindings(context, users)
        self.credentials = Credentials(context)
        self.notifications = Notifications(context)
        self.outbox = PushOutbox(context, self.bindings, self.notifications)
