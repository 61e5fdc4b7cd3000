"""Hosts: everything the core needs from the platform, behind one interface (``base``)."""
