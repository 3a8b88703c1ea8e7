"""/v1/models"""

from problem_checks import problem_of


def test_a_model_shows_the_columns_its_input_must_have(client, unique):
    assert client.get("/v1/models/pump-model").json == {
        "model_name": "pump-model",
        "model_arn": "arn:aws:lookoutequipment:eu-west-1:000000000000:model/pump-model/1",
        "status": "SUCCESS",
        "dataset_name": "pump-data",
        "target_sampling_rate": "PT1M",
        "components": [{"component_name": "pump", "timestamp_column": "Timestamp", "sensors": ["flow", "power"]}],
    }


def test_models_are_listed(client):
    page = client.get("/v1/models?name_prefix=pump&status=SUCCESS").json

    assert [model["model_name"] for model in page["models"]] == ["pump-model"]
    assert page["next"] is None


def test_a_model_is_cached_for_a_moment(client, upstream):
    client.get("/v1/models/pump-model")
    upstream.calls.clear()

    assert client.get("/v1/models/pump-model").status_code == 200
    assert upstream.calls == []
    client.get("/v1/models/pump-model", headers={"Cache-Control": "no-cache"})
    assert upstream.calls == ["DescribeModel"]


def test_an_unknown_model_is_named(client):
    assert "other" in problem_of(client.get("/v1/models/other"), 404, "model-not-found")["detail"]


def test_a_name_that_no_model_can_have_is_a_404(client, upstream):
    problem_of(client.get("/v1/models/not%20a%20name"), 404, "model-not-found")
    assert upstream.calls == []
