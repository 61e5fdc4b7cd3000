"""A local service that speaks the wire of Twilio Conversations, for development and tests."""

from pyconvo.emulator.app import create_app
from pyconvo.emulator.config import EmulatorConfig

__all__ = ["EmulatorConfig", "create_app"]
