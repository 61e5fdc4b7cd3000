"""Run inside ``.venv``: write_lock.py BASE WHEEL TARGET. Enters the wheel into a Pyodide lock file.

Not responsible for Pyodide's own packages: a page that wants those adds them from Pyodide's lock file.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pyodide_lock import PyodideLockSpec
from pyodide_lock.utils import add_wheels_to_spec


def main() -> None:
    base, wheel, target = (Path(argument) for argument in sys.argv[1:])
    spec = add_wheels_to_spec(PyodideLockSpec.from_json(base), [wheel])
    spec.check_wheel_filenames()
    spec.to_json(target, indent=2)


if __name__ == "__main__":
    main()
