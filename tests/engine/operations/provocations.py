"""How the errors that depend on what is there are provoked; and declared ones that cannot occur, with the reason."""

from collections.abc import Callable
from typing import Any

from botocore import xform_name
from engine_world import World, scheduler_request
from minimal_requests import SPAN, minimal_requests

from service.engine.store import replay_runs

Refusable = tuple[Callable[..., Any], dict[str, Any]]
Provocation = Callable[[World], Refusable]
SOURCE = {"DatasetName": "plant"}
MODEL = {"ModelName": "pump-model"}


def of(world: World, operation: str, **more: Any) -> Refusable:
    """The smallest request of an operation, with some members of it changed."""
    return getattr(world.client, xform_name(operation)), minimal_requests(world.region)[operation] | more


def twice(operation: str, made: Callable[[World], dict[str, Any]] = lambda _: {}) -> Provocation:
    """The request is answered once; the same again names what is there by then."""

    def provoke(world: World) -> Refusable:
        call, request = of(world, operation, **made(world))
        call(**request)
        return call, request

    return provoke


def token_used_for_another(operation: str, made: Callable[[World], dict[str, Any]], changed: Any) -> Provocation:
    """The same ClientToken with other parameters."""

    def provoke(world: World) -> Refusable:
        call, request = of(world, operation, ClientToken="once", **made(world))
        call(**request)
        return call, request | changed

    return provoke


def on(make: Callable[[World], Any], operation: str, **more: Any) -> Provocation:
    """The request meets what `make` has made."""

    def provoke(world: World) -> Refusable:
        make(world)
        return of(world, operation, **more)

    return provoke


def group(world: World) -> dict[str, Any]:
    world.client.create_label_group(LabelGroupName="faults")
    return {"LabelGroupName": "faults"}


def model_of_group(world: World) -> None:
    group(world)
    world.model(LabelsInputConfiguration={"LabelGroupName": "faults"})


def retraining(world: World) -> None:
    """A retraining scheduler that is PENDING."""
    world.model()
    of(world, "CreateRetrainingScheduler")[0](**of(world, "CreateRetrainingScheduler", **MODEL)[1])


def stopped_retraining(world: World) -> None:
    retraining(world)
    world.done_settling_retraining("pump-model")
    world.client.stop_retraining_scheduler(**MODEL)


def dataset_arn(world: World) -> dict[str, Any]:
    return {"ResourceArn": world.dataset()["DatasetArn"]}


def stale_policy(world: World) -> Refusable:
    call, request = of(world, "PutResourcePolicy", **dataset_arn(world))
    call(**request)
    return call, request | {"PolicyRevisionId": "0" * 32}


def empty_source(world: World) -> Refusable:
    arn = world.client.create_dataset(DatasetName="empty")["DatasetArn"]
    return of(world, "ImportDataset", SourceDatasetArn=arn, DatasetName="copy")


def failed_source(world: World) -> Refusable:
    arn = world.model(status="FAILED")["ModelArn"]
    return of(world, "ImportModelVersion", SourceModelVersionArn=f"{arn}/model-version/1", **SOURCE)


def replayed(world: World) -> dict[str, Any]:
    world.scheduler("s")
    return {"InferenceSchedulerName": "s"}


def ended_replay(world: World) -> Refusable:
    replay = world.client.start_inference_replay(**replayed(world), **SPAN)["ReplayId"]
    with world.resources.database.begin() as connection:
        replay_runs.end(connection, replay, "SUCCESS", None, world.clock())
    return of(world, "StopInferenceReplay", ReplayId=replay)


CONFLICTS: dict[str, Provocation] = {
    "CreateDataset": twice("CreateDataset"),
    "CreateInferenceScheduler": on(
        lambda world: world.model(status="IN_PROGRESS"), "CreateInferenceScheduler", **MODEL
    ),
    "CreateLabel": token_used_for_another("CreateLabel", group, {"Rating": "NEUTRAL"}),
    "CreateLabelGroup": twice("CreateLabelGroup"),
    "CreateMaintenanceWindow": token_used_for_another("CreateMaintenanceWindow", replayed, {"Notes": "other"}),
    "CreateModel": on(lambda world: world.model(), "CreateModel", **MODEL, **SOURCE),
    "CreateRetrainingScheduler": on(retraining, "CreateRetrainingScheduler", **MODEL),
    "DeleteDataset": on(lambda world: world.model(), "DeleteDataset", **SOURCE),
    "DeleteInferenceScheduler": on(replayed, "DeleteInferenceScheduler", InferenceSchedulerName="s"),
    "DeleteLabelGroup": on(model_of_group, "DeleteLabelGroup", LabelGroupName="faults"),
    "DeleteModel": on(replayed, "DeleteModel", ModelName="model-of-s"),
    "DeleteRetrainingScheduler": on(retraining, "DeleteRetrainingScheduler", **MODEL),
    "ExportModelVersion": on(lambda world: world.model(status="FAILED"), "ExportModelVersion", **MODEL),
    "ImportDataset": empty_source,
    "ImportModelFile": on(
        lambda world: world.client.create_dataset(DatasetName="empty"), "ImportModelFile", DatasetName="empty"
    ),
    "ImportModelVersion": failed_source,
    "PutResourcePolicy": stale_policy,
    "StartDataIngestionJob": token_used_for_another(
        "StartDataIngestionJob",
        lambda world: {"DatasetName": world.dataset()["DatasetName"]},
        {"RoleArn": "arn:aws:iam::123456789012:role/other"},
    ),
    "StartInferenceReplay": twice("StartInferenceReplay", replayed),
    "StartInferenceScheduler": on(replayed, "StartInferenceScheduler", InferenceSchedulerName="s"),
    "StartRetrainingScheduler": on(retraining, "StartRetrainingScheduler", **MODEL),
    "StopInferenceReplay": ended_replay,
    "StopInferenceScheduler": on(
        lambda world: world.scheduler("s", status="STOPPED"), "StopInferenceScheduler", InferenceSchedulerName="s"
    ),
    "StopRetrainingScheduler": on(stopped_retraining, "StopRetrainingScheduler", **MODEL),
    "UpdateActiveModelVersion": on(
        lambda world: world.model(status="FAILED"), "UpdateActiveModelVersion", **MODEL, ModelVersion=1
    ),
    "UpdateInferenceScheduler": on(
        lambda world: world.scheduler("s", status="PENDING"), "UpdateInferenceScheduler", InferenceSchedulerName="s"
    ),
    "UpdateModel": on(lambda world: world.model(status="IN_PROGRESS"), "UpdateModel", **MODEL),
    "UpdateRetrainingScheduler": on(retraining, "UpdateRetrainingScheduler", **MODEL),
}

NO_CONFLICT = {
    "DeleteLabel": "a label may go whatever uses its group: trainings have read it, later ones do without it",
    "DeleteResourcePolicy": "an import under way has been granted already",
    "UpdateLabelGroup": "labels keep the fault codes they were given, so codes may change at any time",
}

NOT_MISSED = {
    "ListInferenceExecutions": "the service model words it so: an unknown scheduler has an empty list",
    "ListModelVersions": "the service model words it so: an unknown model has an empty list",
}


def labels_full(world: World) -> Refusable:
    call, request = of(world, "CreateLabel", **group(world))
    call(**request)
    return call, request


def tags_full(world: World) -> Refusable:
    arn = world.dataset(Tags=[{"Key": "a", "Value": ""}])["DatasetArn"]
    return of(world, "TagResource", ResourceArn=arn)


def jobs_full(world: World) -> Refusable:
    for name in ("one", "other"):
        world.client.create_dataset(DatasetName=name)
    call, request = of(world, "StartDataIngestionJob", DatasetName="one")
    call(**request)
    return call, request | {"DatasetName": "other"}


def second_scheduler(world: World) -> Refusable:
    world.scheduler("s")
    return world.client.create_inference_scheduler, {"ModelName": "model-of-s", **scheduler_request("t")}


def second_model(world: World) -> Refusable:
    world.model()
    return of(world, "CreateModel", ModelName="other", **SOURCE)


def second_dataset(world: World) -> Refusable:
    return of(world, "ImportDataset", SourceDatasetArn=world.content("plant"), DatasetName="copy")


def second_version_as_a_model(world: World) -> Refusable:
    arn = world.model()["ModelArn"]
    return of(world, "ImportModelVersion", SourceModelVersionArn=f"{arn}/model-version/1", ModelName="copy", **SOURCE)


# By operation: the quotas of the engine, and the request that is one too many.
QUOTAS: dict[str, tuple[str, Provocation]] = {
    "CreateDataset": ("datasets=1", on(lambda world: world.dataset(), "CreateDataset")),
    "CreateInferenceScheduler": ("schedulers_per_model=1", second_scheduler),
    "CreateLabel": ("labels_per_group=1", labels_full),
    "CreateLabelGroup": ("label_groups=1", on(group, "CreateLabelGroup")),
    "CreateModel": ("models=1", second_model),
    "ImportDataset": ("datasets=1", second_dataset),
    "ImportModelFile": ("models=1", on(lambda world: world.model(), "ImportModelFile", ModelName="other", **SOURCE)),
    "ImportModelVersion": ("models=1", second_version_as_a_model),
    "StartDataIngestionJob": ("pending_ingestion_jobs=1", jobs_full),
    "TagResource": ("tags_per_resource=1", tags_full),
}

NO_QUOTA = {"PutResourcePolicy": "a resource has one policy, and a second one takes its place"}
