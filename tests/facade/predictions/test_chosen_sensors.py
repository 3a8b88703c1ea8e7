"""sensors: whose contributions are shown."""

import pytest


@pytest.fixture
def shown(read):
    """Names and shares of the first row."""

    def asked(query: str) -> list[tuple[str, float]]:
        answer = read(query)
        assert answer.status_code == 200, answer.text
        return [(one["name"], one["value"]) for one in answer.json["predictions"][0]["diagnostics"]]

    return asked


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("sensors=pump%5Cpower", ["pump\\power"]),
        ("sensors=motor%5Cspeed,pump%5Cflow", ["pump\\flow", "motor\\speed"]),
        ("sensors=speed", ["motor\\speed"]),
        ("sensors=speed,motor%5Cspeed", ["motor\\speed"]),
        ("sensors=speed,power&contributors=1", ["pump\\power"]),
        ("sensors=speed,power&contributors=0", []),
    ],
)
def test_only_the_chosen_ones_are_shown_the_largest_first(record, shown, query, names):
    record({1: 0.9}, shares=(0.5, 0.3, 0.2))
    assert [name for name, _ in shown(f"?{query}")] == names


def test_they_leave_no_row_out(record, read):
    record({1: 0.9}, shares=(1.0,), sensors=("pump\\flow",))
    record({6: 0.9}, shares=(1.0,), sensors=("pump\\power",))
    rows = read("?sensors=flow").json["predictions"]
    assert [len(row["diagnostics"]) for row in rows] == [1, 0]


def test_columns_of_a_table_come_in_the_order_asked_for(record, read):
    record({1: 0.9})
    header = read("?sensors=speed,flow", Accept="text/csv").text.splitlines()[0]
    assert header.split(",")[4:] == ["motor\\speed", "pump\\flow"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("pump%5Cflwo", "did you mean pump\\flow"),
        ("powr", "did you mean pump\\power"),
        ("temperature", "there are pump\\flow, pump\\power, motor\\speed"),
        ("Pump%5Cflow", "did you mean pump\\flow"),
    ],
)
def test_an_unknown_sensor_is_refused_with_the_nearest_ones(record, read, asked, said):
    record({1: 0.9})
    answer = read(f"?sensors=flow,{asked}")
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/invalid-request")
    (item,) = answer.json["errors"]
    assert item["parameter"] == "sensors"
    assert said in item["detail"]


def test_a_name_that_two_components_have_needs_its_component(record, read):
    record({1: 0.9}, shares=(0.5, 0.5), sensors=("pump\\flow", "cooler\\flow"))
    answer = read("?sensors=flow")
    assert answer.status_code == 422
    assert "pump\\flow, cooler\\flow" in answer.json["errors"][0]["detail"]


def test_sensors_of_an_earlier_model_can_be_chosen(record, shown):
    record({1: 0.9}, shares=(1.0,), sensors=("old\\sensor",))
    record({6: 0.9})
    assert shown("?sensors=old%5Csensor") == [("old\\sensor", 1.0)]


def test_before_the_first_prediction_no_name_is_wrong(plant, read):
    answer = read("?sensors=pump%5Cflow", Accept="text/csv")
    assert (answer.status_code, answer.text.count("\n")) == (200, 1)


@pytest.mark.parametrize("sensors", ["", "flow,,power"])
def test_an_empty_name_is_refused(record, read, sensors):
    record({1: 0.9})
    assert read(f"?sensors={sensors}").json["errors"][0]["parameter"] == "sensors"
