"""An identity provider on this machine at which people log in: it sends browsers back with a code, and gives a token
for the code to whoever knows the secret and the verifier."""

from base64 import b64encode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from local_issuer import Issuer

CLIENT, SECRET = "portal", "s3cret:with/signs"
BASIC = "Basic " + b64encode(b"portal:s3cret%3Awith%2Fsigns").decode()


@dataclass(frozen=True)
class Grant:
    redirect_uri: str
    challenge: str
    nonce: str


class Provider(Issuer):
    """`claims` are put into the next ID tokens; `refuses` makes it send browsers back with that error."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.grants: dict[str, Grant] = {}
        self.claims: dict[str, Any] = {}
        self.refuses = ""
        self.in_form = False

    def discovery(self) -> dict[str, Any]:
        ways = {"token_endpoint_auth_methods_supported": ["client_secret_post"]} if self.in_form else {}
        endpoints = {name: f"{self.url}/{name}" for name in ("authorization_endpoint", "token_endpoint")}
        return super().discovery() | endpoints | ways

    def answer(self, path: str) -> Any:
        parts = urlsplit(path)
        if parts.path != "/authorization_endpoint":
            return super().answer(path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert asked["response_type"] == "code"
        assert (asked["client_id"], asked["code_challenge_method"]) == (CLIENT, "S256")
        assert "openid" in asked["scope"].split()
        return f"{asked['redirect_uri']}?{urlencode(self._sent_back(asked))}"

    def answer_form(self, path: str, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        grant = self.grants.pop(form.get("code", ""), None)
        known = form.get("client_secret") == SECRET if self.in_form else authorization == BASIC
        if path != "/token_endpoint" or grant is None or not known:
            return 400, {"error": "invalid_grant"}
        challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode().rstrip("=")
        if (form["redirect_uri"], challenge) != (grant.redirect_uri, grant.challenge):
            return 400, {"error": "invalid_grant"}
        return 200, {"id_token": self.token(**({"aud": CLIENT, "nonce": grant.nonce} | self.claims))}

    def _sent_back(self, asked: dict[str, str]) -> dict[str, str]:
        if self.refuses:
            return {"error": self.refuses, "state": asked["state"]}
        code = token_urlsafe()
        self.grants[code] = Grant(asked["redirect_uri"], asked["code_challenge"], asked["nonce"])
        return {"code": code, "state": asked["state"], "iss": self.url}
