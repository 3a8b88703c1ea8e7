"""/v1/models"""

from typing import Any

from flask import Response, request

from service.facade.api.answers import answer_bytes, json_bytes
from service.facade.api.base import MODEL_NAME, Blueprint, resources
from service.facade.api.links import next_address
from service.facade.api.schemas.models import ModelListSchema, ModelQuerySchema, ModelSchema
from service.facade.domain.models import Model
from service.facade.problems import ModelNotFound
from service.facade.usecases import models

blueprint = Blueprint("models", __name__, url_prefix="/v1/models", description="Trained models and their input.")
_SCHEMA = ModelSchema()


@blueprint.route("", methods=["GET"], scope="read")
@blueprint.arguments(ModelQuerySchema, location="query")
@blueprint.response(200, ModelListSchema)
def list_models(query: dict[str, Any]) -> dict[str, Any]:
    """List models"""
    filters = {"name_prefix": query.get("name_prefix"), "status": query.get("status")}
    page = models.list_models(resources(), **filters, limit=query["limit"], cursor=query.get("cursor"))
    return {"models": page.items, "next": next_address(page, models.model_query(**filters))}


@blueprint.route("/<model_name>", methods=["GET"], scope="read", parameters=[MODEL_NAME])
@blueprint.response(200, ModelSchema)
@blueprint.problems(ModelNotFound)
def describe_model(model_name: str) -> Response:
    """Describe a model

    Its components and sensors are the files and columns that an upload must have.
    """
    fresh = bool(request.cache_control.no_cache)
    return answer_bytes(models.show_model(resources(), model_name, _render, fresh=fresh))


def _render(model: Model) -> bytes:
    return json_bytes(_SCHEMA.dump(model))
