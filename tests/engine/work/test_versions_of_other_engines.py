"""A version that was trained by an engine whose detector was another one."""

from plant import at, stored_plant

START, END = at("2026-03-01T13:00"), at("2026-03-01T13:05")


def test_a_version_of_a_format_that_this_engine_does_not_read_is_named(plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    objects, bucket = plant.resources.objects, plant.resources.settings.engine_bucket
    objects.copy_prefix(bucket, stored_plant(plant.resources), "models/old/")
    objects.put(bucket, "models/old/detector.json", b'{"format": 0}')
    plant.world.done_training("model-of-scheduler", artefact_prefix="models/old/")
    plant.feed(START, END)
    plant.pass_time(END)
    execution = plant.latest()
    assert execution["Status"] == "FAILED"
    assert execution["FailedReason"].startswith("Version 1 of the model model-of-scheduler cannot be loaded. ")
    assert "format 0" in execution["FailedReason"]
