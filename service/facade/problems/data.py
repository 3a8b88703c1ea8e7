"""Sensor data and results that are read in."""

from service.facade.problems.problem import Problem


class InvalidUpload(Problem, slug="invalid-upload", title="The uploaded data cannot be used", status=422):
    """Nothing was written. `errors` names file, row (as in the file: the header is row 1), column and what is wrong."""


class UploadTooLarge(Problem, slug="upload-too-large", title="The upload is too large", status=413):
    """The body is larger than one upload may be, or becomes so when it is unpacked and cut: `detail` says how. Split
    the time range over several uploads."""


class MappingNotFound(Problem, slug="column-mapping-not-found", title="No column mapping", status=404):
    """Nobody said how the tables of this scheduler are to be read, so they are read as they say themselves. Say it with
    `PUT /v1/schedulers/{name}/column-mapping`."""


class UploadExpired(Problem, slug="upload-expired", title="The upload did not come in time", status=410):
    """The address to PUT a file to holds for a while. Ask for a new one with
    `POST /v1/schedulers/{name}/direct-uploads`, and complete the upload before `expires_at`."""


class ImportNotFound(Problem, slug="import-not-found", title="No such import", status=404):
    """No import has this id. `GET /v1/schedulers/{name}/imports` lists the imports of a scheduler."""


class NothingToImport(Problem, slug="nothing-to-import", title="There are no results at this place", status=422):
    """Below the prefix there is no object called `results.jsonl` or `results.csv`. A prefix is the beginning of the
    keys, without the bucket, and usually ends with a slash."""


class ImportGivenUp(Problem, slug="import-given-up", title="The import ended its workers", status=422):
    """Workers were killed one after the other in the same place, perhaps because the objects there are too large
    for the memory of the machine. `detail` names the place. What was read before it stays."""
