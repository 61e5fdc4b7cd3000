"""What works behind the model: requests, caches, collections that follow Sync objects, typing, users.

Nothing here is public. Users hold the objects of :mod:`pyconvo.client` and its siblings.
"""
