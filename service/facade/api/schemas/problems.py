"""The shape of every answer that is not a success."""

from marshmallow import fields

from service.facade.api.schemas.base import BaseSchema


class ErrorItemSchema(BaseSchema):
    pointer = fields.String(metadata={"description": "JSON pointer into the body.", "example": "/role_arn"})
    parameter = fields.String(metadata={"description": "Name of a query parameter, header or part of the path."})
    file = fields.String(metadata={"description": "Name of an uploaded file."})
    row = fields.Integer(metadata={"description": "Row in that file as an editor counts: the header is row 1."})
    column = fields.String(metadata={"description": "Name of the column."})
    value = fields.String(metadata={"description": "What stands there."})
    detail = fields.String(required=True)


class ProblemSchema(BaseSchema):
    """A problem document as RFC 9457 describes it."""

    type = fields.String(required=True, metadata={"description": "Address of a page about this kind of problem."})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "What went wrong this time, and what to do."})
    instance = fields.String(metadata={"description": "Path of the request."})
    request_id = fields.String(metadata={"description": "Finds the log lines of this request."})
    errors = fields.List(fields.Nested(ErrorItemSchema))
    aws_error_code = fields.String(metadata={"description": "The error code the engine answered with."})
