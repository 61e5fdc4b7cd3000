"""``python -m pyconvo.emulator`` is ``pyconvo emulator``."""

import sys

from pyconvo.cli import main

if __name__ == "__main__":
    sys.exit(main(["emulator", *sys.argv[1:]]))
