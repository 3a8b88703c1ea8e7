"""Webhooks and their secrets."""

from typing import Any

from marshmallow import fields, validate

from service.facade.api.schemas.base import NAME, BaseSchema, Instant, Pattern, next_field
from service.facade.domain.notifications import TYPES
from service.facade.webhooks.targets import LONGEST_URL

_URL = "https://receiver.example.com/lookout"
_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD2Dm9kVxHpCk="
_ALL_TYPES = "What to tell; null: everything, kinds to come included."
_ALL_NAMES = "Of which schedulers; null: of all that the team has and will have. They need not exist yet."


def _url(**options: Any) -> fields.String:
    about = "Where to POST to: `https://…`, at a public address or one in a network that a setting allows."
    return fields.String(
        validate=validate.Length(1, LONGEST_URL), metadata={"description": about, "example": _URL}, **options
    )


def _description(**options: Any) -> fields.String:
    told = {"description": "For people.", "example": "Shift book of plant A"}
    fitting = Pattern(r"[^\u0000]{0,500}", "A description has at most 500 characters, and no NUL.")
    return fields.String(validate=fitting, metadata=told, **options)


def _types(**options: Any) -> fields.List:
    kinds = fields.String(validate=validate.OneOf(TYPES))
    about = {"description": _ALL_TYPES, "example": ["anomaly.opened", "anomaly.closed"]}
    return fields.List(kinds, allow_none=True, validate=validate.Length(1, len(TYPES)), metadata=about, **options)


def _names(**options: Any) -> fields.List:
    error = "A name has 1 to 200 letters (a-z), digits, hyphens and underscores."
    about = {"description": _ALL_NAMES, "example": ["demo-pump"]}
    named = fields.String(validate=Pattern(NAME, error))
    return fields.List(named, allow_none=True, validate=validate.Length(1, 200), metadata=about, **options)


class TrueOrFalse(fields.Boolean):
    """JSON's own two; marshmallow would take 0, "off" and more."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class NewWebhookSchema(BaseSchema):
    url = _url(required=True)
    types = _types(load_default=None)
    inference_scheduler_names = _names(load_default=None)
    description = _description(load_default="")


class WebhookChangesSchema(BaseSchema):
    url = _url()
    types = _types()
    inference_scheduler_names = _names()
    description = _description()
    enabled = TrueOrFalse(
        metadata={
            "description": "`false` sends nothing more; `true` tells of what happens from now on.",
            "example": True,
        }
    )


class WebhookSchema(BaseSchema):
    id = fields.String()
    url = _url()
    types = _types()
    inference_scheduler_names = _names()
    description = _description()
    enabled = TrueOrFalse(metadata={"example": True})
    disabled_reason = fields.String(
        allow_none=True, metadata={"description": "Why it is not enabled.", "example": None}
    )
    failing_since = Instant(
        allow_none=True, metadata={"description": "When a call first failed since one succeeded.", "example": None}
    )
    created_by = fields.String(metadata={"example": "key:ana"})
    created_at = Instant()
    updated_at = Instant()


class NewSecretSchema(BaseSchema):
    secret = fields.String(
        metadata={"description": "What signs the calls. It is shown this once; keep it.", "example": _SECRET}
    )


class CreatedWebhookSchema(WebhookSchema, NewSecretSchema):
    pass


class WebhookListSchema(BaseSchema):
    webhooks = fields.List(fields.Nested(WebhookSchema))
    next = next_field()


class RotationSchema(BaseSchema):
    body_may_be_left_out = True

    overlap_hours = fields.Float(
        load_default=24.0,
        validate=validate.Range(0, 168),
        metadata={"description": "How long the old secret signs along; 0: it ends at once.", "example": 24},
    )


class RotatedSecretSchema(NewSecretSchema):
    old_secret_expires_at = Instant(metadata={"description": "Until then calls are signed with both."})
