"""Twilio's public REST API ``/v1/…``, for programs on servers: HTTP Basic authentication, forms in, JSON out."""
