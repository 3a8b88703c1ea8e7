"""An identity provider as a process of its own: the documents with its public keys, and tokens signed with them."""

import json
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey

from service.embedded.probe import answers_http
from service.embedded.program import Program

AUDIENCE = "lookout"


@dataclass(frozen=True)
class Issuer:
    url: str
    key: ECKey

    def token(self, team: str, key: ECKey | None = None) -> dict[str, str]:
        """The header of a caller of this team who may read; signed with a key that the issuer shows, or another."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": AUDIENCE, "sub": "somebody", "team": team, "scope": "read"}
        signing = key or self.key
        text = jwt.encode(
            {"alg": "ES256", "kid": signing.kid}, {**claims, "iat": now, "nbf": now, "exp": now + 3600}, signing
        )
        return {"Authorization": f"Bearer {text}"}


def new_signing_key(name: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": name, "use": "sig"}, private=True)


def new_issuer(folder: Path, port: int) -> tuple[Issuer, Program]:
    """An issuer, and the program that serves its documents out of `folder`."""
    issuer = Issuer(f"http://127.0.0.1:{port}", new_signing_key("shown"))
    discovery = {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys.json"}
    (folder / ".well-known").mkdir(parents=True)
    (folder / ".well-known" / "openid-configuration").write_text(json.dumps(discovery))
    (folder / "keys.json").write_text(json.dumps({"keys": [issuer.key.as_dict(private=False)]}))
    serve = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder))
    ready = partial(answers_http, f"{issuer.url}/keys.json")
    return issuer, Program(name="issuer", command=serve, ready=ready)
