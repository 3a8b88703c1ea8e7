"""What a browser may do on a page of the portal: use what this service sends, and nothing else."""

from service.facade.api.finishing import set_page_policy

PREFIX = "/portal"
# Plotly adds style elements that it fills by script: one is empty, the other has a single rule.
_STYLES_OF_PLOTLY = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='"
)
POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self' {_STYLES_OF_PLOTLY}; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def set_portal_policy() -> None:
    set_page_policy(POLICY)
