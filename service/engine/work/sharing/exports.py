"""One export: a version's artefacts, packed into one file in the place that was asked for."""

from functools import partial
from hashlib import sha256

import structlog

from service.engine.resources import Resources
from service.engine.store import model_exports, model_versions, models, unfinished
from service.engine.store.model_exports import ModelExport
from service.engine.store.unfinished import Piece
from service.engine.work.attempts import attempt, in_hand
from service.engine.work.bucket.trained_models import ARTEFACTS
from service.engine.work.problems import InputProblem
from service.engine.work.sharing.model_descriptions import describe
from service.engine.work.sharing.model_files import LARGEST_BYTES, ModelFile, pack

log = structlog.get_logger(__name__)


def run_export(resources: Resources, export_id: str) -> None:
    """Write one file. Safe to call again; while S3 or the database is away it stays and the sweep sends it again."""
    piece = Piece("export", export_id)
    with in_hand(resources, piece) as ours:
        export = _begin(resources, piece) if ours else None
        if export is None:
            return
        fail = partial(_fail, resources, export)
        act = partial(_write, resources, export)
        written = attempt(resources, piece, export.attempts, "packed this model", act, fail)
        if written:
            _end(resources, export, {"status": "SUCCESS", **written})


def _begin(resources: Resources, piece: Piece) -> ModelExport | None:
    with resources.database.begin() as connection:
        return model_exports.get(connection, piece.id) if unfinished.begin_attempt(connection, piece) else None


def _write(resources: Resources, export: ModelExport) -> dict[str, object]:
    with resources.database.begin() as connection:
        model = models.get(connection, export.model_id)
        version = model_versions.get(connection, export.model_id, export.version)
    keys = [version.artefact_prefix + name for name in ARTEFACTS]
    bodies = resources.objects.get_many(resources.settings.engine_bucket, keys)
    body = pack(ModelFile(describe(model, version), dict(zip(ARTEFACTS, bodies, strict=True))))
    if len(body) > LARGEST_BYTES:
        raise InputProblem(f"The file would have {len(body)} bytes; an engine takes in at most {LARGEST_BYTES}.")
    output = export.output_configuration
    place = output["S3OutputConfiguration"]
    key = f"{place.get('Prefix', '')}{model.name}-{version.version}.model.zip"
    resources.objects.put(place["Bucket"], key, body, kms_key_id=output.get("KmsKeyId"))
    return {"key": key, "size": len(body), "sha256": sha256(body).hexdigest()}


def _fail(resources: Resources, export: ModelExport, reason: str) -> None:
    _end(resources, export, {"status": "FAILED", "failed_reason": reason})


def _end(resources: Resources, export: ModelExport, ended: dict[str, object]) -> None:
    with resources.database.begin() as connection:
        model_exports.end(connection, export.id, finished_at=resources.clock(), **ended)
    log.info("export_recorded", export_id=export.id, status=ended["status"], failed_reason=ended.get("failed_reason"))
