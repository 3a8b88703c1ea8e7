"""Calling other people's addresses: whatever a webhook needs of the network, and nothing of what it tells.

An address that somebody gives us must not lead this service to places that only it can reach (server-side request
forgery). So a name is resolved once, every address is held against `addresses`, and the connection goes to exactly the
address that was checked.
"""
