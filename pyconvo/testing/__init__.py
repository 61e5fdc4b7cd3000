"""For tests: the emulator as an object, and (in ``plugin``) as pytest fixtures.

Needs the extra ``emulator``; importing this package alone does not, since pytest does so in every project.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyconvo.testing.emulator import Emulator, EmulatorError
    from pyconvo.testing.rest import twilio_client

__all__ = ["Emulator", "EmulatorError", "twilio_client"]


def __getattr__(name: str) -> Any:
    if name == "twilio_client":
        from pyconvo.testing.rest import twilio_client

        return twilio_client
    if name in __all__:
        from pyconvo.testing import emulator

        return getattr(emulator, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
