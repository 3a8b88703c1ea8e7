"""The description of the service for everybody's clients: AWS's model with our operations, as one file.

It is what ``AWS_DATA_PATH`` and ``aws configure add-model`` accept, and is answered without a signature: there is
nothing of anybody's in it.
"""

from functools import cache

import orjson
from werkzeug import Request, Response

from service.wire import API_VERSION, SERVICE, service_description

PLACE = f"/service-model/{SERVICE}/{API_VERSION}/service-2.json"


def tell_description(request: Request) -> Response:
    """The file; 304 to whoever has it already."""
    response = Response(_file(), content_type="application/json")
    response.cache_control.max_age = 3600
    response.add_etag()
    return response.make_conditional(request)


@cache
def _file() -> bytes:
    return orjson.dumps(service_description(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
