"""Embeds made, listed, revoked, and opened by their tokens."""

from contextlib import suppress
from datetime import datetime, timedelta
from hmac import compare_digest
from secrets import token_bytes
from typing import Any

from service.facade.domain.charts import ChartRange, ChartWanted
from service.facade.domain.embeds import LONGEST_LIFETIME, Embed, digest_of, id_in, new_body, new_embed_id
from service.facade.domain.pages import Page
from service.facade.identity.embed_tokens import is_signed, sign
from service.facade.problems import EmbedEnded, EmbedNotFound
from service.facade.resources import Resources
from service.facade.sealing import Unsealable
from service.facade.store import embeds
from service.facade.usecases.charts import ask_for_chart, read_chart
from service.facade.usecases.kept_lists import list_kept

_KEY_LIFETIME = timedelta(days=30)  # then another one signs; it is believed until all it signed has expired
_KEPT_AFTER_THE_END = timedelta(days=90)
_FEW_PIXELS = 20
_NO_TOKEN = "This address is not that of an embed: it has to be copied whole."


def create_embed(
    resources: Resources, team: str, name: str, *, lifetime: timedelta, created_by: str, **shown: Any
) -> tuple[Embed, str]:
    """A new embed of a scheduler, and its token: this is the only time anybody sees it.

    Args:
        shown: title, theme, span, sensors and contributors, as `Embed` has them.

    Raises:
        SchedulerNotFound
        InvalidRequest: nothing has a sensor of that name.
    """
    now = resources.clock()
    embed = Embed(
        id=new_embed_id(),
        team=team,
        inference_scheduler_name=name,
        created_by=created_by,
        created_at=now,
        expires_at=now + lifetime,
        **shown,
    )
    read_chart(resources, ask_for_chart(resources, team, name, chart_of(embed), _FEW_PIXELS))  # whether it can be
    token = sign(new_body(embed.id), _keys_to_sign_with(resources, now))
    with resources.database.begin() as db:
        embeds.insert(db, embed, digest_of(token))
        embeds.discard_ended_before(db, now - _KEPT_AFTER_THE_END)
    return embed, token


def list_embeds(resources: Resources, team: str, name: str, limit: int, cursor: str | None) -> Page[Embed]:
    """Newest first, those that have ended too. A scheduler that was deleted keeps its list.

    Raises:
        SchedulerNotFound: there is none, and no list either.
    """
    return list_kept(resources, embeds.page, team, name, limit, cursor, embed_query(team, name))


def embed_query(team: str, name: str) -> dict[str, Any]:
    """What a cursor of this list is bound to."""
    return {"list": "embeds", "team": team, "inference_scheduler_name": name}


def revoke_embed(resources: Resources, team: str, embed_id: str) -> None:
    """End an embed: from now on its token opens nothing. Revoking it again changes nothing.

    Raises:
        EmbedNotFound
    """
    with resources.database.begin() as db:
        if not embeds.revoke(db, team, embed_id, resources.clock()):
            raise EmbedNotFound(f"There is no embed {embed_id!r}.")


def open_embed(resources: Resources, token: str) -> Embed:
    """The embed that a token is for.

    Raises:
        EmbedNotFound: it is no token of ours.
        EmbedEnded: it has expired, or was revoked.
    """
    embed_id = id_in(token)
    if embed_id is None:
        raise EmbedNotFound(_NO_TOKEN)
    with resources.database.begin() as db:
        keys = _opened(resources, embeds.signing_keys(db))
        found = embeds.find(db, embed_id) if keys and is_signed(token, keys) else None
    if found is None or not compare_digest(found[1], digest_of(token)):
        raise EmbedNotFound(_NO_TOKEN)
    embed, now = found[0], resources.clock()
    match embed.status(now):
        case "revoked":
            raise EmbedEnded("This chart is not shown any more: whoever made it has revoked it.")
        case "expired":
            raise EmbedEnded(f"This chart was shown until {embed.expires_at:%-d %B %Y}.")
    return embed


def chart_of(embed: Embed) -> ChartWanted:
    """What an embed shows: always the time up to now."""
    return ChartWanted(range=ChartRange(span=embed.span), sensors=embed.sensors, contributors=embed.contributors)


def _keys_to_sign_with(resources: Resources, now: datetime) -> list[bytes]:
    """All keys, the newest no older than `_KEY_LIFETIME`; those that signed nothing which is still valid go."""
    with resources.database.begin() as db:
        embeds.discard_signing_keys_before(db, now - _KEY_LIFETIME - LONGEST_LIFETIME)
        kept = embeds.signing_keys(db)
        fresh = [key for key in kept if key[1] > now - _KEY_LIFETIME]
        if not _opened(resources, fresh):
            embeds.add_signing_key(db, resources.sealer.seal(token_bytes(32)), now)
            kept = embeds.signing_keys(db)
    return _opened(resources, kept)


def _opened(resources: Resources, kept: list[tuple[bytes, datetime]]) -> list[bytes]:
    """The keys that can be read: of one that was sealed with a key which is gone, nothing is valid any more."""
    keys = []
    for secret, _ in kept:
        with suppress(Unsealable):
            keys.append(resources.sealer.open(secret))
    return keys
