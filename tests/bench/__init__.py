"""The benchmark: ours and the official SDK in one run, on the same emulator, in the same browser, in turns.

``python3 build.py bench`` runs it; it is no part of the tests, for machines are noisy: read the ratios.
"""
