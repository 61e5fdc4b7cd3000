"""What ``build.py`` does, step by step: set-up, release, checks, serving. Standard library only.

Nothing here is part of the product; the product's code is in ``pyconvo/`` and ``web/src/``.
"""
