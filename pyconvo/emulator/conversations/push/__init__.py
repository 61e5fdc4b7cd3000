"""Push: which devices are registered, what the service would send them, and how it words it.

Nothing is sent to anybody: what would be is kept to be read. The parts know no HTTP; ``routes`` has the client's own
registration API.
"""
