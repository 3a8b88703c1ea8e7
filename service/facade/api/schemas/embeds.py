"""Embeds: what they show, until when, and what to paste into a page."""

from datetime import timedelta

from marshmallow import ValidationError, fields, validate

from service.facade.api.schemas.base import BaseSchema, Instant, next_field
from service.facade.api.schemas.charts import (
    contributors_field,
    height_field,
    sensors_field,
    span_field,
    theme_field,
    title_field,
    width_field,
)
from service.facade.api.schemas.durations import Duration
from service.facade.domain.embeds import DEFAULT_LIFETIME, EMBED_THEMES, STATUSES


def _long_enough(lifetime: timedelta) -> None:
    if lifetime < timedelta(minutes=1):
        raise ValidationError("At least PT1M.")


def _shown() -> dict[str, fields.Field]:
    """What an embed shows; the same on the way in and out."""
    sensors, contributors, title, span = sensors_field(fields.List), contributors_field(), title_field(), span_field()
    sensors.load_default, contributors.load_default, span.load_default = [], 0, timedelta(days=1)
    title.load_default, title.allow_none = None, True
    span.attribute = "span"
    span.metadata["description"] = "How much time the chart shows, always until now; PT24H when left out."
    theme = fields.String(
        load_default="auto",
        validate=validate.OneOf(EMBED_THEMES),
        metadata={"description": "`auto`: light or dark, as whoever looks at it has set their system."},
    )
    return {"title": title, "theme": theme, "range": span, "sensors": sensors, "contributors": contributors}


_ShownSchema = BaseSchema.from_dict(_shown(), name="ShownInEmbedSchema")


class NewEmbedSchema(_ShownSchema):
    body_may_be_left_out = True

    lifetime = Duration(
        load_default=DEFAULT_LIFETIME,
        validate=_long_enough,
        metadata={"type": "string", "description": "At most P366D; P30D when left out.", "example": "P30D"},
    )


class EmbedSchema(_ShownSchema):
    id = fields.String(metadata={"example": "emb_5f0c8a3b9d7e4f21"})
    inference_scheduler_name = fields.String(metadata={"example": "demo-pump"})
    status = fields.String(validate=validate.OneOf(STATUSES))
    created_by = fields.String(metadata={"example": "key:ana"})
    created_at = Instant(metadata={"example": "2026-03-01T12:31:00Z"})
    expires_at = Instant(metadata={"example": "2026-03-31T12:31:00Z"})
    revoked_at = Instant(allow_none=True, metadata={"example": None})


class SnippetsSchema(BaseSchema):
    iframe = fields.String(
        metadata={
            "description": "A frame with the chart, the present state and a fresh picture every half minute.",
            "example": '<iframe src="https://lookout.example.com/embed/emb_5f0c…" title="Anomaly score of demo-pump" '
            'width="100%" height="380" loading="lazy" referrerpolicy="no-referrer" style="border: 0"></iframe>',
        }
    )
    web_component = fields.String(
        metadata={
            "description": "A custom element with the chart alone, as wide as its place.",
            "example": '<script src="https://lookout.example.com/embed.js" defer></script>\n<lookout-chart '
            'src="https://lookout.example.com/embed/emb_5f0c…" label="Anomaly score of demo-pump" '
            'height="320"></lookout-chart>',
        }
    )


class CreatedEmbedSchema(EmbedSchema):
    token = fields.String(
        metadata={
            "description": "Opens this embed and nothing else. It is shown this once.",
            "example": "emb_5f0c8a3b9d7e4f21.9bq…",
        }
    )
    url = fields.String(metadata={"example": "https://lookout.example.com/embed/emb_5f0c8a3b9d7e4f21.9bq…"})
    html = fields.Nested(SnippetsSchema, metadata={"description": "To be pasted into a page, one of them."})
    warning = fields.String(
        allow_none=True, metadata={"description": "Why a frame would stay empty at present, else null."}
    )


class EmbedListSchema(BaseSchema):
    embeds = fields.List(fields.Nested(EmbedSchema))
    next = next_field()


class EmbedPageQuerySchema(BaseSchema):
    theme = fields.String(validate=validate.OneOf(EMBED_THEMES))


class EmbedPictureQuerySchema(BaseSchema):
    width = width_field()
    height = height_field()
    theme = theme_field()
    title = fields.String(validate=validate.Equal("", error="Only empty: the title was said when the embed was made."))
    at = fields.Integer()  # another address, so that a browser asks again
