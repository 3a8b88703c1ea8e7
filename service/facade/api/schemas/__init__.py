"""Marshmallow schemas: what bodies, parameters and answers look like, and the source of the OpenAPI document."""
