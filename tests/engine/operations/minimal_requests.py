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


def arn(region: str, kind: str = "dataset") -> str:
    """An ARN of this account that nothing has."""
    version = "/model-version/1" if kind == "model" else ""
    return (
        f"arn:aws:lookoutequipment:{region}:123456789012:{kind}/nowhere/5feceb66-0000-4000-8000-000000000000{version}"
    )


def minimal_requests(region: str) -> dict[str, dict[str, Any]]:
    """By operation; ClientToken is left to boto3."""
    resource = {"ResourceArn": arn(region)}
    return {
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
        "DeleteResourcePolicy": resource,
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
        "DescribeResourcePolicy": resource,
        "DescribeRetrainingScheduler": MODEL,
        "ExportModelVersion": MODEL | {"ModelVersion": 1, "ModelFileOutputConfiguration": OUTPUT, "RoleArn": ROLE},
        "ImportDataset": {"SourceDatasetArn": arn(region)},
        "ImportModelFile": MODEL | DATASET | {"ModelFileObject": FILE, "RoleArn": ROLE},
        "ImportModelVersion": DATASET | {"SourceModelVersionArn": arn(region, "model")},
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
        "ListTagsForResource": resource,
        "PutResourcePolicy": resource | {"ResourcePolicy": json.dumps(GRANT)},
        "StartDataIngestionJob": DATASET | {"IngestionInputConfiguration": INGESTION_INPUT, "RoleArn": ROLE},
        "StartInferenceReplay": SCHEDULER | SPAN,
        "StartInferenceScheduler": SCHEDULER,
        "StartRetrainingScheduler": MODEL,
        "StopInferenceReplay": REPLAY,
        "StopInferenceScheduler": SCHEDULER,
        "StopRetrainingScheduler": MODEL,
        "TagResource": resource | {"Tags": [{"Key": "site", "Value": "north"}]},
        "UntagResource": resource | {"TagKeys": ["site"]},
        "UpdateActiveModelVersion": MODEL | {"ModelVersion": 1},
        "UpdateInferenceScheduler": SCHEDULER | {"DataDelayOffsetInMinutes": 1},
        "UpdateLabelGroup": GROUP | {"FaultCodes": ["leak"]},
        "UpdateModel": MODEL | {"RoleArn": ROLE},
        "UpdateRetrainingScheduler": MODEL | {"PromoteMode": "MANUAL"},
    }
