"""Whether the service is up and what it misses."""

from marshmallow import fields, validate

from service.facade.api.schemas.base import BaseSchema

_STATUS = {True: "ok", False: "failed", None: "unknown"}


class AliveSchema(BaseSchema):
    status = fields.String(validate=validate.OneOf(["ok"]))


class CheckSchema(BaseSchema):
    status = fields.Function(
        lambda check: _STATUS[check.ok],
        metadata={"type": "string", "enum": [*_STATUS.values()], "description": "`unknown`: nobody was there to ask."},
    )
    needed = fields.Boolean(metadata={"description": "Whether the service is of use without it."})
    reason = fields.String(allow_none=True, metadata={"description": "What is wrong, and what to do."})


class ReadinessSchema(BaseSchema):
    ready = fields.Boolean()
    degraded = fields.Boolean(metadata={"description": "Ready, but something that is not needed is missing."})
    checks = fields.Dict(keys=fields.String(), values=fields.Nested(CheckSchema))
