"""Styles, scripts and pictures of the pages, kept in memory, and addresses that change with their content."""

from dataclasses import dataclass
from functools import cache
from gzip import compress
from hashlib import sha256
from importlib.util import find_spec
from mimetypes import guess_type
from pathlib import Path

from flask import Blueprint, Response, request

from service.facade.problems import NotFound

PREFIX = "/portal/static"
_FOLDER = Path(__file__).parent / "static"
_LEAST_BYTES = 1000  # below, gzip saves nothing
_FOR_EVER = "public, max-age=31536000, immutable"
_TEXTS = ("text/", "image/svg", "application/json")
blueprint = Blueprint("portal_assets", __name__, url_prefix=PREFIX)


@dataclass(frozen=True)
class Asset:
    """A file as it is sent; `zipped` is empty where that would not be shorter."""

    body: bytes
    zipped: bytes
    mimetype: str
    version: str


def static_url(name: str) -> str:
    """The address of an asset: browsers keep it for ever, as another content has another address."""
    return f"{PREFIX}/{name}?v={asset(name).version}"


@blueprint.get("/<path:asset_name>")
def static_file(asset_name: str) -> Response:
    found = asset(asset_name)
    zipped = bool(found.zipped) and request.accept_encodings["gzip"] > 0
    response = Response(found.zipped if zipped else found.body, mimetype=found.mimetype)
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    is_present = request.args.get("v") == found.version
    response.headers["Cache-Control"] = _FOR_EVER if is_present else "no-cache"
    response.set_etag(f"{found.version}-gzip" if zipped else found.version)
    return response.make_conditional(request)


def asset(name: str) -> Asset:
    """A file by its name.

    Raises:
        NotFound
    """
    path = _files().get(name)
    if path is None:
        raise NotFound(f"The portal has no file {name!r}.")
    return _read(path)


@cache
def _files() -> dict[str, Path]:
    """What there is by name, so that nothing else can be named."""
    own = {path.relative_to(_FOLDER).as_posix(): path for path in _FOLDER.rglob("*") if path.is_file()}
    return own | {"plotly.min.js": _plotly()}


@cache
def _read(path: Path) -> Asset:
    body, mimetype = path.read_bytes(), guess_type(path.name)[0] or "application/octet-stream"
    packable = len(body) >= _LEAST_BYTES and mimetype.startswith(_TEXTS)
    zipped = compress(body, mtime=0) if packable else b""
    return Asset(body, zipped, mimetype, sha256(body).hexdigest()[:16])


def _plotly() -> Path:
    """The charting library in its wheel; the package itself is not imported, as it is large."""
    spec = find_spec("plotly")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("The charts of the portal need plotly: install it.")
    return Path(spec.submodule_search_locations[0]) / "package_data" / "plotly.min.js"
