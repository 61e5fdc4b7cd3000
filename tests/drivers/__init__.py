"""Real browsers behind one small interface, so that one test body runs in every engine.

What an engine is driven by (Playwright's own build, a distribution's browser, WebKitGTK over WebDriver) is decided
in ``engines``; tests never ask.
"""

from drivers.base import Driver, DriverError, NotAvailable
from drivers.engines import ENGINES, Found, find
from drivers.pool import Browsers

__all__ = ["ENGINES", "Browsers", "Driver", "DriverError", "Found", "NotAvailable", "find"]
