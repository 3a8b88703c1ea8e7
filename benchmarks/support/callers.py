"""Somebody with an API key."""

from datetime import UTC, datetime, timedelta

from service.facade.domain.access import SCOPES
from service.facade.store.database import connect
from service.facade.usecases.keys import NewKey, create_key
from service.settings import Settings


def bearer(settings: Settings) -> dict[str, str]:
    """The header with a new key of the default team that may do everything."""
    database = connect(settings.facade_database_url, connections=1)
    wanted = NewKey(team=settings.default_team, scopes=SCOPES, name="benchmark", lifetime=timedelta(days=1))
    _, key = create_key(database, wanted, "cli:benchmark", datetime.now(UTC))
    database.close()
    return {"Authorization": f"Bearer {key}"}
