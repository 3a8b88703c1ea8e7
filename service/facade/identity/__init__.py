"""Tokens of the company's own identity provider (OpenID Connect): whose they are, and whether they are genuine."""
