"""What a scheduler's threshold and maintenance windows make of scores; through boto3 and S3."""

from plant import MINUTE, Plant, at, broken

from service.engine.work.tick import tick

START, END = at("2026-03-01T13:00"), at("2026-03-01T13:05")


def run(plant: Plant, windows: int = 1, machine=broken) -> None:
    plant.feed_windows(START, windows, machine=machine)
    plant.pass_time(START + windows * 5 * MINUTE)


def told(plant: Plant) -> str:
    return plant.client.describe_inference_scheduler(InferenceSchedulerName="scheduler")["LatestInferenceResult"]


def events(plant: Plant) -> list[tuple]:
    answer = plant.client.list_inference_events(
        InferenceSchedulerName="scheduler", IntervalStartTime=START, IntervalEndTime=START + 60 * MINUTE
    )
    return [(event["EventStartTime"], event["EventEndTime"]) for event in answer["InferenceEventSummaries"]]


def lines(plant: Plant) -> list[dict]:
    return plant.results(plant.latest())


def replay(plant: Plant) -> None:
    plant.client.start_inference_replay(
        InferenceSchedulerName="scheduler", StartTime=START, EndTime=END, ExistingResults="OVERWRITE"
    )
    plant.work()


def mute(plant: Plant, start, end, **target: str) -> str:
    target = target or {"InferenceSchedulerName": "scheduler"}
    return plant.client.create_maintenance_window(StartTime=start, EndTime=end, **target)["MaintenanceWindowId"]


def test_a_row_is_anomalous_above_the_threshold_of_its_scheduler(plant):
    plant.scheduler(since="2026-03-01T13:01:00", AnomalyThreshold=0.99999)
    run(plant)
    assert {(line["prediction"], line["prediction_reason"]) for line in lines(plant)} == {(0, "NO_ANOMALY_DETECTED")}
    assert min(line["anomaly_score"] for line in lines(plant)) > 0.5
    assert (events(plant), told(plant)) == ([], "NORMAL")
    assert plant.latest()["AnomalyThreshold"] == 0.99999


def test_a_score_of_exactly_the_threshold_is_normal(plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    run(plant)
    score = max(line["anomaly_score"] for line in lines(plant))
    plant.client.update_inference_scheduler(InferenceSchedulerName="scheduler", AnomalyThreshold=score)
    replay(plant)
    assert max(line["anomaly_score"] for line in lines(plant)) == score
    assert {line["prediction"] for line in lines(plant)} == {0}


def test_a_replay_judges_by_the_threshold_of_its_time(plant):
    plant.scheduler(since="2026-03-01T13:01:00", AnomalyThreshold=0.99999)
    run(plant)
    plant.client.update_inference_scheduler(InferenceSchedulerName="scheduler", AnomalyThreshold=0.5)
    assert plant.latest()["AnomalyThreshold"] == 0.99999
    replay(plant)
    assert (told(plant), plant.latest()["AnomalyThreshold"]) == ("ANOMALOUS", 0.5)
    assert events(plant) == [(START + MINUTE, END)]


def test_an_execution_keeps_the_threshold_it_fell_due_with(plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.feed(START, END, machine=broken)
    plant.world.clock.now = END
    tick(plant.resources, END)
    plant.client.update_inference_scheduler(InferenceSchedulerName="scheduler", AnomalyThreshold=0.99999)
    plant.work()
    assert told(plant) == "ANOMALOUS"


def test_rows_of_a_maintenance_window_are_written_and_tell_nothing(plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    mute(plant, START + 2 * MINUTE, START + 3 * MINUTE)
    run(plant)
    assert [line["prediction"] for line in lines(plant)] == [1, 0, 0, 1, 1]
    assert [line.get("muted_by") for line in lines(plant)] == [None, *2 * ["MAINTENANCE_WINDOW"], None, None]
    muted = lines(plant)[1]
    assert list(muted)[:5] == ["timestamp", "prediction", "prediction_reason", "anomaly_score", "diagnostics"]
    assert muted["prediction_reason"] == "NO_ANOMALY_DETECTED"
    assert muted["anomaly_score"] > 0.5
    assert events(plant) == [(START + 4 * MINUTE, END), (START + MINUTE, START + MINUTE)]
    assert plant.latest()["DataQuality"]["MutedRows"] == 2


def test_a_window_that_is_muted_throughout_is_normal_and_has_no_event(plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    mute(plant, START, END)
    run(plant)
    assert (events(plant), told(plant), plant.latest()["Status"]) == ([], "NORMAL", "SUCCESS")


def test_a_maintenance_window_of_the_model_mutes_all_its_schedulers(plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    mute(plant, START, END, ModelName="model-of-scheduler")
    run(plant)
    assert events(plant) == []


def test_a_maintenance_window_of_one_scheduler_leaves_another_alone(plant):
    plant.scheduler("other", since="2026-03-01T13:01:00")
    plant.scheduler(since="2026-03-01T13:01:00")
    mute(plant, START, END, InferenceSchedulerName="other")
    run(plant)
    assert events(plant) == [(START + MINUTE, END)]


def test_an_event_ends_where_maintenance_begins_and_begins_again_behind_it(plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    mute(plant, END - MINUTE, END + 2 * MINUTE)
    run(plant, windows=2)
    assert events(plant) == [(END + 3 * MINUTE, END + 5 * MINUTE), (START + MINUTE, END - 2 * MINUTE)]


def test_taking_a_maintenance_window_back_changes_nothing_until_a_replay(plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    window = mute(plant, START, END)
    run(plant)
    plant.client.delete_maintenance_window(MaintenanceWindowId=window)
    assert events(plant) == []
    replay(plant)
    assert events(plant) == [(START + MINUTE, END)]


def test_old_clients_can_eval_a_muted_line(plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    mute(plant, START, END)
    run(plant)
    place = plant.latest()["CustomerResultObject"]
    text = plant.s3.get_object(Bucket=place["Bucket"], Key=place["Key"])["Body"].read().decode()
    assert [eval(line, {"__builtins__": {}}) for line in text.splitlines()] == lines(plant)


def test_rows_with_the_machine_off_stay_off_in_maintenance(plant):
    plant.model("resting", OffCondition="pump\\Sensor0<1000")
    plant.scheduler(since="2026-03-01T13:01:00", ModelName="resting")
    mute(plant, START, END)
    run(plant)
    assert lines(plant)[0] == {
        "timestamp": "2026-03-01T13:01:00.000000", "prediction": 0, "prediction_reason": "MACHINE_OFF",
    }  # fmt: skip
