"""A local service that speaks the wire of Twilio Conversations, for development and tests."""
