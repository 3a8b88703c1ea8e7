"""Messages to other services: signed as Standard Webhooks says, and sent to public addresses only."""
