"""A small engine at the wire for tests of the facade: boto3's own requests in, JSON 1.0 answers out.

`upstream.behind(resources)` puts it there. It keeps schedulers in memory and follows the rules that the facade relies
on; anything else can be ordered:
`refuse(operation, code, message)`, `away`, `slow`, `hold` to keep a call in flight, `lose_answer_of` to do what an
operation asks and not say so, once. `calls` lists the operations that were asked for.
"""

import json
import time
from io import BytesIO
from threading import Event
from typing import Any
from uuid import uuid4

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from service.facade.resources import Resources

ACCOUNT = "arn:aws:lookoutequipment:eu-west-1:000000000000"
SCHEMA = {
    "Components": [
        {
            "ComponentName": "pump",
            "Columns": [
                {"Name": "Timestamp", "Type": "DATETIME"},
                {"Name": "flow", "Type": "DOUBLE"},
                {"Name": "power", "Type": "DOUBLE"},
            ],
        }
    ]
}


class Refusal(Exception):
    """An error answer."""


class Body(BytesIO):
    def stream(self, **_: Any):
        yield self.read()


class StubUpstream:
    """Register it for ``before-send.lookoutequipment`` on a client."""

    def __init__(self) -> None:
        self.schedulers: dict[str, dict[str, Any]] = {}
        self.executions: dict[str, list[dict[str, Any]]] = {}
        self.replays: dict[str, dict[str, Any]] = {}
        self.tokens: dict[str, str] = {}
        self.tags: dict[str, list[dict[str, str]]] = {}
        self.refusals: dict[str, tuple[str, str]] = {}
        self.calls: list[str] = []
        self.request_ids: list[bytes | None] = []  # that came with the calls
        self.away = False
        self.slow = False
        self.hold: Event | None = None
        self.lose_answer_of = ""
        self.schema = SCHEMA

    def behind(self, resources: Resources) -> None:
        """Answer whatever these resources ask upstream."""
        for client in vars(resources.schedulers.upstream).values():
            client.meta.events.register("before-send.lookoutequipment", self)

    def __call__(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        operation = request.headers["X-Amz-Target"].decode().rpartition(".")[2]
        self.calls.append(operation)
        self.request_ids.append(request.headers.get("X-Request-Id"))
        if self.away:
            raise EndpointConnectionError(endpoint_url=request.url)
        if self.slow:
            raise ReadTimeoutError(endpoint_url=request.url)
        if self.hold:
            self.hold.wait(10)
        try:
            status, answer = 200, self._answer(operation, json.loads(request.body or b"{}"))
        except Refusal as refusal:
            code, message = refusal.args
            status, answer = 400, {"__type": f"com.amazonaws.thorbrain#{code}", "Message": message}
        if self.lose_answer_of == operation:
            self.lose_answer_of = ""
            raise ReadTimeoutError(endpoint_url=request.url)
        body = b"" if answer is None else json.dumps(answer).encode()
        return AWSResponse(request.url, status, {"content-type": "application/x-amz-json-1.0"}, Body(body))

    def refuse(self, operation: str, code: str, message: str = "refused by the test") -> None:
        self.refusals[operation] = (code, message)

    def add_scheduler(self, name: str, status: str = "RUNNING", team: str | None = None, **members: Any) -> None:
        self.tags[name] = [{"Key": "team", "Value": team}] if team else []
        self.schedulers[name] = {
            "InferenceSchedulerName": name,
            "InferenceSchedulerArn": f"{ACCOUNT}:inference-scheduler/{name}/1",
            "ModelName": "pump-model",
            "ModelArn": f"{ACCOUNT}:model/pump-model/1",
            "Status": status,
            "DataDelayOffsetInMinutes": 0,
            "DataUploadFrequency": "PT5M",
            "CreatedAt": 1772368200.25,
            "UpdatedAt": 1772368200.25,
            "DataInputConfiguration": {
                "S3InputConfiguration": {"Bucket": "plant", "Prefix": "in/"},
                "InputTimeZoneOffset": "+00:00",
                "InferenceInputNameConfiguration": {
                    "TimestampFormat": "yyyyMMddHHmmss",
                    "ComponentTimestampDelimiter": "_",
                },
            },
            "DataOutputConfiguration": {
                "S3OutputConfiguration": {"Bucket": "plant", "Prefix": "out/"},
                "KmsKeyId": "alias/plant",
            },
            "RoleArn": "arn:aws:iam::000000000000:role/lookout",
            **members,
        }

    def add_execution(self, name: str, start: int, status: str = "SUCCESS", reason: str | None = None) -> None:
        """`start` in epoch seconds; windows of five minutes. Add them oldest first."""
        execution = {
            "InferenceSchedulerName": name,
            "ScheduledStartTime": start + 300,
            "DataStartTime": start,
            "DataEndTime": start + 300,
            "Status": status,
            "ModelVersion": 1,
        }
        if reason:
            execution["FailedReason"] = reason
        if status == "SUCCESS":
            execution["CustomerResultObject"] = {"Bucket": "plant", "Key": f"out/{start}/results.jsonl"}
        self.executions.setdefault(name, []).insert(0, execution)

    def end_replay(self, status: str, **members: Any) -> None:
        """Let the last replay have this status, ended or not."""
        list(self.replays.values())[-1].update(members, Status=status)

    def _answer(self, operation: str, asked: dict[str, Any]) -> Any:
        if operation in self.refusals:
            raise Refusal(*self.refusals[operation])
        answer = getattr(self, f"_{operation}", None)
        if answer is None:
            raise Refusal("UnknownOperationException", f"{operation} is not known here")
        return answer(asked)

    def _one(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = asked["InferenceSchedulerName"]
        if name not in self.schedulers:
            raise Refusal("ResourceNotFoundException", f"Inference scheduler {name} does not exist.")
        return self.schedulers[name]

    def _ListTagsForResource(self, asked: dict[str, Any]) -> Any:
        for name, scheduler in self.schedulers.items():
            if scheduler["InferenceSchedulerArn"] == asked["ResourceArn"]:
                return {"Tags": self.tags[name]}
        raise Refusal("ResourceNotFoundException", f"{asked['ResourceArn']} does not exist.")

    def _CreateInferenceScheduler(self, asked: dict[str, Any]) -> Any:
        name, token = asked["InferenceSchedulerName"], asked.pop("ClientToken")
        tags = asked.pop("Tags", [])
        if name in self.schedulers and self.tokens.get(token) != name:
            raise Refusal("ConflictException", f"Inference scheduler {name} already exists.")
        if asked["ModelName"] != "pump-model":
            raise Refusal("ResourceNotFoundException", f"Model {asked['ModelName']} does not exist.")
        self.tokens[token] = name
        self.add_scheduler(name, "PENDING", **asked)
        self.tags[name] = tags
        return {**self._summary(self.schedulers[name]), "Status": "PENDING"}

    def _DescribeInferenceScheduler(self, asked: dict[str, Any]) -> Any:
        return self._one(asked)

    def _UpdateInferenceScheduler(self, asked: dict[str, Any]) -> Any:
        self._one(asked).update(asked)

    def _DeleteInferenceScheduler(self, asked: dict[str, Any]) -> Any:
        if self._one(asked)["Status"] != "STOPPED":
            raise Refusal("ConflictException", "The scheduler must be STOPPED.")
        del self.schedulers[asked["InferenceSchedulerName"]]

    def _StartInferenceScheduler(self, asked: dict[str, Any]) -> Any:
        return self._move(asked, ("STOPPED",), "PENDING")

    def _StopInferenceScheduler(self, asked: dict[str, Any]) -> Any:
        return self._move(asked, ("PENDING", "RUNNING"), "STOPPING")

    def _move(self, asked: dict[str, Any], allowed: tuple[str, ...], status: str) -> Any:
        scheduler = self._one(asked)
        if scheduler["Status"] not in allowed:
            raise Refusal("ConflictException", f"The scheduler is {scheduler['Status']}.")
        scheduler["Status"] = status
        return self._summary(scheduler)

    def _ListInferenceSchedulers(self, asked: dict[str, Any]) -> Any:
        wanted = [
            self._summary(one)
            for one in self.schedulers.values()
            if one["InferenceSchedulerName"].startswith(asked.get("InferenceSchedulerNameBeginsWith", ""))
            and asked.get("ModelName", one["ModelName"]) == one["ModelName"]
            and asked.get("Status", one["Status"]) == one["Status"]
        ]
        return self._page("InferenceSchedulerSummaries", wanted, asked)

    def _ListInferenceExecutions(self, asked: dict[str, Any]) -> Any:
        wanted = [
            one
            for one in self.executions.get(asked["InferenceSchedulerName"], [])
            if asked.get("Status", one["Status"]) == one["Status"]
            and one["DataStartTime"] > asked.get("DataStartTimeAfter", 0)
            and one["DataEndTime"] < asked.get("DataEndTimeBefore", 1e12)
        ]
        return self._page("InferenceExecutionSummaries", wanted, asked)

    def _ListModels(self, asked: dict[str, Any]) -> Any:
        model = {"ModelName": "pump-model", "ModelArn": f"{ACCOUNT}:model/pump-model/1", "Status": "SUCCESS"}
        return self._page("ModelSummaries", [model | {"DatasetName": "pump-data"}], asked)

    def _DescribeModel(self, asked: dict[str, Any]) -> Any:
        if asked["ModelName"] != "pump-model":
            raise Refusal("ResourceNotFoundException", f"Model {asked['ModelName']} does not exist.")
        return {
            **self._ListModels({})["ModelSummaries"][0],
            "Schema": json.dumps(self.schema),
            "DataPreProcessingConfiguration": {"TargetSamplingRate": "PT1M"},
        }

    def _StartInferenceReplay(self, asked: dict[str, Any]) -> Any:
        self._one(asked)
        if asked["ClientToken"] in self.tokens:
            return self.replays[self.tokens[asked["ClientToken"]]]
        replay_id = uuid4().hex
        self.tokens[asked["ClientToken"]] = replay_id
        self.replays[replay_id] = {
            **{name: asked[name] for name in ("InferenceSchedulerName", "StartTime", "EndTime", "ExistingResults")},
            "ReplayId": replay_id,
            "Status": "PENDING",
            "TotalWindows": 12,
            "SucceededWindows": 0,
            "FailedWindows": 0,
            "SkippedWindows": 0,
            "CreatedAt": time.time(),
            "UpdatedAt": time.time(),
        }
        return self.replays[replay_id]

    def _DescribeInferenceReplay(self, asked: dict[str, Any]) -> Any:
        if asked["ReplayId"] not in self.replays:
            raise Refusal("ResourceNotFoundException", f"Replay {asked['ReplayId']} does not exist.")
        return self.replays[asked["ReplayId"]]

    def _StopInferenceReplay(self, asked: dict[str, Any]) -> Any:
        replay = self._DescribeInferenceReplay(asked)
        replay["Status"] = "STOPPING"
        return replay

    @staticmethod
    def _page(member: str, items: list[Any], asked: dict[str, Any]) -> Any:
        start, size = int(asked.get("NextToken") or 0), asked.get("MaxResults", 50)
        answer: dict[str, Any] = {member: items[start : start + size]}
        if start + size < len(items):
            answer["NextToken"] = str(start + size)
        return answer

    @staticmethod
    def _summary(scheduler: dict[str, Any]) -> dict[str, Any]:
        left_out = ("DataInputConfiguration", "DataOutputConfiguration", "CreatedAt", "UpdatedAt", "RoleArn")
        return {name: value for name, value in scheduler.items() if name not in left_out}
