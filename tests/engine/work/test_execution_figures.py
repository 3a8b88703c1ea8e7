"""Figures of each execution's input, in ListInferenceExecutions; through boto3 and S3."""

from plant import Plant, at, normal

FIVE = at("2026-03-01T13:05") - at("2026-03-01T13:00")


def test_an_execution_tells_what_its_input_was_like(plant: Plant):
    start = at("2026-03-01T13:00")
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.feed(start, start + FIVE)
    plant.put("in/motor_20260301130000.csv", "Timestamp,Current\n2026-03-01T13:01:00.0,5\n2026-03-01T13:03:00.0,5\n")
    plant.pass_time(start + FIVE)
    quality = plant.latest()["DataQuality"]
    assert (quality["Rows"], quality["MissingShare"], quality["MutedRows"]) == (5, 0.2, 0)


def test_rows_that_came_after_their_window_was_scored_are_counted_once(plant: Plant):
    """S3 dates files by its own clock, far ahead of the windows'; so all that one has for the window before is late."""
    start = at("2026-03-01T13:00")
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.feed(start, start + 2 * FIVE)
    plant.pass_time(start + FIVE)
    assert plant.latest()["DataQuality"]["LateRows"] == 0
    plant.pass_time(start + 2 * FIVE)
    assert plant.latest()["DataQuality"]["LateRows"] == 2 * 5  # of two components


def test_a_replay_counts_no_late_rows_for_it_comes_late_for_all(plant: Plant):
    start = at("2026-03-01T13:00")
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.feed(start, start + 2 * FIVE)
    for number in (1, 2):
        plant.pass_time(start + number * FIVE)
    plant.client.start_inference_replay(
        InferenceSchedulerName="scheduler", StartTime=start, EndTime=start + 2 * FIVE, ExistingResults="OVERWRITE"
    )
    plant.work()
    assert all("LateRows" not in execution["DataQuality"] for execution in plant.executions())


def run(plant: Plant, machine) -> dict:
    start = at("2026-03-01T13:00")
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.feed(start, start + FIVE, machine=machine)
    plant.pass_time(start + FIVE)
    return plant.latest()


def test_a_machine_like_the_one_in_training_has_not_drifted(plant: Plant):
    drift = run(plant, normal)["Drift"]
    assert (drift["OutOfRangeShare"], drift["OutOfRangeSensors"]) == (0, [])
    assert 0 <= drift["LargestShift"] < 3


def test_a_sensor_far_from_its_training_data_is_named(plant: Plant):
    def hot(moment):
        first, second, current = normal(moment)
        return first, second + 100, current

    drift = run(plant, hot)["Drift"]
    assert drift["OutOfRangeSensors"] == [{"Sensor": "pump\\Sensor1", "Share": 1}]
    assert drift["OutOfRangeShare"] == round(1 / 3, 5)
    assert drift["ShiftedSensor"] == "pump\\Sensor1"
    assert drift["LargestShift"] > 10


def test_a_sensor_that_rests_though_it_moved_in_training_is_stuck(plant: Plant):
    def stuck(moment):
        first, _, current = normal(moment)
        return first, 20.0, current

    start = at("2026-03-01T12:30")
    for number in range(6):
        plant.feed(start + number * FIVE, start + (number + 1) * FIVE, machine=stuck)
    assert run(plant, stuck)["DataQuality"]["StuckSensors"] == ["pump\\Sensor1"]


def test_a_machine_that_is_off_has_no_drift(plant: Plant):
    plant.model("resting", OffCondition="pump\\Sensor0<1000")
    plant.scheduler(since="2026-03-01T13:01:00", ModelName="resting")
    start = at("2026-03-01T13:00")
    plant.feed(start, start + FIVE)
    plant.pass_time(start + FIVE)
    assert "Drift" not in plant.latest()
    assert plant.latest()["DataQuality"]["Rows"] == 5


def test_an_execution_that_failed_has_no_figures(plant: Plant):
    plant.scheduler(since="2026-03-01T13:01:00")
    plant.pass_time("2026-03-01T13:05:00")
    assert not {"DataQuality", "Drift"} & set(plant.latest())
