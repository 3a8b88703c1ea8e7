"""The smallest request of each operation that keeps every rule of the service model.

It names things that are nowhere, so an empty engine refuses most of them with ResourceNotFoundException.
"""

import json
from datetime import UTC, datetime
from typing import Any

from engine_world import INGESTION_INPUT, OUTPUT, ROLE, scheduler_request

START, END = datetime(2026, 2, 27, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=UTC)
SPAN = {"StartTime": START, "EndTime": END}
INTERVAL = {"IntervalStartTime": START, "IntervalEndTime": END}
ID = "0123456789abcdef0123456789abcdef"
MODEL, DATASET, GROUP = {"ModelName": "nowhere"}, {"DatasetName": "nowhere"}, {"LabelGroupName": "nowhere"}
SCHEDULER, REPLAY = {"InferenceSchedulerName": "nowhere"}, {"ReplayId": ID}
FILE = {"Bucket": "sensor-data", "Key": "model.zip"}
GRANT = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
            "Action": ["lookoutequipment:ImportDataset"],
            "Resource": "*",
        }
    ],
}


_OURS, _UUID = "arn:aws:lookoutequipment:REGION:123456789012", "5feceb66-0000-4000-8000-000000000000"
ARN, VERSION_ARN = f"{_OURS}:dataset/nowhere/{_UUID}", f"{_OURS}:model/nowhere/{_UUID}/model-version/1"
RESOURCE = {"ResourceArn": ARN}
REQUESTS: dict[str, dict[str, Any]] = {
    "CompareInferenceEvents": SCHEDULER | INTERVAL,
    "CreateDataset": DATASET,
    "CreateInferenceScheduler": MODEL | scheduler_request("nowhere"),
    "CreateLabel": GROUP | SPAN | {"Rating": "ANOMALY"},
    "CreateLabelGroup": GROUP,
    "CreateMaintenanceWindow": SCHEDULER | SPAN,
    "CreateModel": MODEL | DATASET,
    "CreateRetrainingScheduler": MODEL | {"RetrainingFrequency": "P1M", "LookbackWindow": "P180D"},
    "DeleteDataset": DATASET,
    "DeleteInferenceScheduler": SCHEDULER,
    "DeleteLabel": GROUP | {"LabelId": ID},
    "DeleteLabelGroup": GROUP,
    "DeleteMaintenanceWindow": {"MaintenanceWindowId": ID},
    "DeleteModel": MODEL,
    "DeleteResourcePolicy": RESOURCE,
    "DeleteRetrainingScheduler": MODEL,
    "DescribeDataIngestionJob": {"JobId": ID},
    "DescribeDataset": DATASET,
    "DescribeInferenceReplay": REPLAY,
    "DescribeInferenceScheduler": SCHEDULER,
    "DescribeLabel": GROUP | {"LabelId": ID},
    "DescribeLabelGroup": GROUP,
    "DescribeModel": MODEL,
    "DescribeModelVersion": MODEL | {"ModelVersion": 1},
    "DescribeModelVersionExport": {"ExportId": ID},
    "DescribeResourcePolicy": RESOURCE,
    "DescribeRetrainingScheduler": MODEL,
    "ExportModelVersion": MODEL | {"ModelVersion": 1, "ModelFileOutputConfiguration": OUTPUT, "RoleArn": ROLE},
    "ImportDataset": {"SourceDatasetArn": ARN},
    "ImportModelFile": MODEL | DATASET | {"ModelFileObject": FILE, "RoleArn": ROLE},
    "ImportModelVersion": DATASET | {"SourceModelVersionArn": VERSION_ARN},
    "ListDataIngestionJobs": {},
    "ListDatasets": {},
    "ListInferenceEvents": SCHEDULER | INTERVAL,
    "ListInferenceExecutions": SCHEDULER,
    "ListInferenceSchedulers": {},
    "ListLabelGroups": {},
    "ListLabels": GROUP,
    "ListMaintenanceWindows": SCHEDULER,
    "ListModelVersions": MODEL,
    "ListModels": {},
    "ListRetrainingSchedulers": {},
    "ListSensorStatistics": DATASET,
    "ListTagsForResource": RESOURCE,
    "PutResourcePolicy": RESOURCE | {"ResourcePolicy": json.dumps(GRANT)},
    "StartDataIngestionJob": DATASET | {"IngestionInputConfiguration": INGESTION_INPUT, "RoleArn": ROLE},
    "StartInferenceReplay": SCHEDULER | SPAN,
    "StartInferenceScheduler": SCHEDULER,
    "StartRetrainingScheduler": MODEL,
    "StopInferenceReplay": REPLAY,
    "StopInferenceScheduler": SCHEDULER,
    "StopRetrainingScheduler": MODEL,
    "TagResource": RESOURCE | {"Tags": [{"Key": "site", "Value": "north"}]},
    "UntagResource": RESOURCE | {"TagKeys": ["site"]},
    "UpdateActiveModelVersion": MODEL | {"ModelVersion": 1},
    "UpdateInferenceScheduler": SCHEDULER | {"DataDelayOffsetInMinutes": 1},
    "UpdateLabelGroup": GROUP | {"FaultCodes": ["leak"]},
    "UpdateModel": MODEL | {"RoleArn": ROLE},
    "UpdateRetrainingScheduler": MODEL | {"PromoteMode": "MANUAL"},
}


def minimal_requests(region: str) -> dict[str, dict[str, Any]]:
    """By operation, with the ARNs of a region; ClientToken is left to boto3."""
    return {name: {key: _in(region, value) for key, value in request.items()} for name, request in REQUESTS.items()}


def _in(region: str, value: Any) -> Any:
    return value.replace("REGION", region) if isinstance(value, str) else value
