"""The audit log: who did what, when, with which key, and what came of it."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import NAME, BaseSchema, Instant, Pattern, cursor_field, limit_field, next_field


class AuditEntrySchema(BaseSchema):
    """A write, or a refusal for want of a scope."""

    at = Instant(metadata={"description": "When it was begun."})
    actor = fields.String(
        metadata={"description": "`key:` with the key's name, `oidc:` with the subject, `cli:` with the account."}
    )
    key_id = fields.String(allow_none=True, metadata={"description": "The API key; null without one."})
    client_address = fields.String(allow_none=True)
    method = fields.String(metadata={"description": "As in HTTP; `CLI` for a command of whoever runs the service."})
    path = fields.String()
    operation_id = fields.String(metadata={"description": "The operation of this document."})
    inference_scheduler_name = fields.String(allow_none=True)
    request_id = fields.String(allow_none=True, metadata={"description": "As in `X-Request-Id` and in the log."})
    status = fields.Integer(
        allow_none=True, metadata={"description": "What was answered; null while it is under way, or was cut off."}
    )
    problem = fields.String(allow_none=True, metadata={"description": "The kind of problem, where there was one."})
    ended_at = Instant(allow_none=True)


class AuditLogSchema(BaseSchema):
    entries = fields.List(fields.Nested(AuditEntrySchema))
    next = next_field()


class AuditQuerySchema(BaseSchema):
    actor = fields.String(validate=validate.Length(1, 300), metadata={"example": "key:historian"})
    inference_scheduler_name = fields.String(
        validate=Pattern(NAME, "A name has 1 to 200 letters (a-z), digits, hyphens and underscores.")
    )
    start_time = Instant(metadata={"description": "From this moment on."})
    end_time = Instant(metadata={"description": "Before this moment."})
    limit = limit_field()
    cursor = cursor_field()
