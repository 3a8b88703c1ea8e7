"""What ours is measured beside, as applications for gunicorn: each does the least that the same answer could take."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from flask import Flask, Response, request

from service.settings import load_settings
from support.machine import BUCKET, lookout_client, s3_client

GETS_AT_ONCE = 16


def empty_route() -> Flask:
    """A Flask route that answers two bytes."""
    app = Flask(__name__)
    app.add_url_rule("/healthz", "health", lambda: "ok")
    app.add_url_rule("/empty", "empty", lambda: "ok")
    return app


def direct_describe() -> Flask:
    """A Flask route that describes a scheduler with boto3 for each request."""
    app, lookout = Flask(__name__), lookout_client(load_settings())

    def describe(name: str) -> Response:
        found = lookout.describe_inference_scheduler(InferenceSchedulerName=name)
        del found["ResponseMetadata"]
        return Response(json.dumps(found, default=datetime.isoformat), mimetype="application/json")

    app.add_url_rule("/healthz", "health", lambda: "ok")
    app.add_url_rule("/v1/schedulers/<name>", "describe", describe)
    return app


def results_per_request() -> Flask:
    """Predictions of a range without a store: list the executions, read and parse every results.jsonl."""
    app, settings = Flask(__name__), load_settings()
    lookout, s3 = lookout_client(settings), s3_client(settings)
    pool = ThreadPoolExecutor(GETS_AT_ONCE)

    def results(execution: dict) -> list[dict]:
        body = s3.get_object(**execution["CustomerResultObject"])["Body"].read()
        return [json.loads(line) for line in body.splitlines()]

    def predictions(name: str) -> Response:
        found = lookout.list_inference_executions(
            InferenceSchedulerName=name,
            Status="SUCCESS",
            DataStartTimeAfter=datetime.fromisoformat(request.args["start_time"]),
            DataEndTimeBefore=datetime.fromisoformat(request.args["end_time"]),
            MaxResults=500,
        )["InferenceExecutionSummaries"]
        rows = [row for rows in pool.map(results, found) for row in rows]
        return Response(json.dumps(sorted(rows, key=lambda row: row["timestamp"])), mimetype="application/json")

    app.add_url_rule("/healthz", "health", lambda: "ok")
    app.add_url_rule("/v1/schedulers/<name>/predictions", "predictions", predictions)
    return app


def whole_body() -> Flask:
    """An upload that is taken into memory and put into S3 from there."""
    app, s3 = Flask(__name__), s3_client(load_settings())

    def upload() -> Response:
        s3.put_object(Bucket=BUCKET, Key="staged.csv", Body=request.get_data())
        return Response(status=202)

    app.add_url_rule("/healthz", "health", lambda: "ok")
    app.add_url_rule("/upload", "upload", upload, methods=["POST"])
    return app


def ready_answer():
    """A bare WSGI application that answers every call with the same described scheduler."""
    body = json.dumps(
        {
            "InferenceSchedulerName": "pump",
            "ModelName": "pump",
            "Status": "RUNNING",
            "DataUploadFrequency": "PT5M",
            "CreatedAt": 1788739200.0,
            "UpdatedAt": 1788739200.0,
            "RoleArn": "arn:aws:iam::000000000000:role/lookout",
        }
    ).encode()
    head = [("Content-Type", "application/x-amz-json-1.0"), ("Content-Length", str(len(body)))]

    def application(environ, start_response):
        environ["wsgi.input"].read()
        start_response("200 OK", head)
        return [body]

    return application
