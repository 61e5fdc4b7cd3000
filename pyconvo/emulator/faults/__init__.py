"""Faults that a test asks for: what may be planned (``rule``), which strikes next (``registry``), and how broken
packets look (``malformed``).

Not responsible for carrying them out: the doors do, each its own.
"""

from pyconvo.emulator.faults.registry import Faults
from pyconvo.emulator.faults.rule import Fault, FaultError

__all__ = ["Fault", "FaultError", "Faults"]
