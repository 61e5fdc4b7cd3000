"""For tests: the emulator as an object, and (in ``plugin``) as pytest fixtures."""

from pyconvo.testing.emulator import Emulator

__all__ = ["Emulator"]
