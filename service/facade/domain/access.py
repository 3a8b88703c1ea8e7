"""Who is asking: a caller belongs to one team and may do what its scopes say."""

from dataclasses import dataclass

SCOPES = ("read", "operate", "admin")  # each includes those before it


@dataclass(frozen=True)
class Caller:
    """`actor` is what logs and the audit log show; `key_id` is None for callers without an API key."""

    team: str
    scopes: frozenset[str]
    actor: str
    key_id: str | None = None

    def may(self, scope: str) -> bool:
        """Whether one of the caller's scopes is `scope` or includes it."""
        return not self.scopes.isdisjoint(SCOPES[SCOPES.index(scope) :])
