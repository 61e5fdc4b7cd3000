"""The Conversations domain of the emulator: rules, permissions, limits, and the client REST API on them."""

from pyconvo.emulator.conversations.context import Settings
from pyconvo.emulator.conversations.limits import Limits
from pyconvo.emulator.conversations.model import Conversations
from pyconvo.emulator.conversations.routes import routes

__all__ = ["Conversations", "Limits", "Settings", "routes"]
