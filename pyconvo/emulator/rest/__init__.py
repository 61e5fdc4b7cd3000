"""Twilio's public REST API ``/v1/…``, for programs on servers: HTTP Basic authentication, forms in, JSON out.

A resource is a module with its handlers and their table; ``routes`` puts the tables together, ``router`` finds the
handler, ``serializers`` show records, ``paging`` and ``forms`` are shared. The rules are the domain's.
"""
