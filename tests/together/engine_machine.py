"""A small machine for tests of the whole engine: two components, and files of it in a bucket."""

import json
from datetime import datetime, timedelta
from typing import Any

import numpy as np

ROLE = "arn:aws:iam::000000000000:role/lookout"
MINUTE = timedelta(minutes=1)
COLUMNS = {"pump": ("Flow", "Pressure"), "motor": ("Current",)}
SCHEMA = {
    "Components": [
        {
            "ComponentName": component,
            "Columns": [
                {"Name": "Timestamp", "Type": "DATETIME"},
                *({"Name": name, "Type": "DOUBLE"} for name in names),
            ],
        }
        for component, names in COLUMNS.items()
    ]
}


def csv_files(start: datetime, end: datetime, *, is_broken: bool = False) -> dict[str, str]:
    """The text of a file per component with the minutes start < t <= end. A broken motor draws too little."""
    times = [start + count * MINUTE for count in range(1, (end - start) // MINUTE + 1)]
    minutes = np.array([moment.timestamp() / 60 for moment in times])
    load = np.sin(minutes / 90) + 0.3 * np.sin(minutes / 17)
    noise = np.sin(np.outer(minutes, [12.9898, 78.233, 37.719])) * 43758.5453 % 1 - 0.5
    current = 5 + 2 * load - (3 if is_broken else 0)
    values = np.column_stack([50 + 10 * load, 20 + 4 * load, current]) + noise
    stamps = [moment.strftime("%Y-%m-%dT%H:%M:%S.%f") for moment in times]
    return {"pump": _csv("pump", stamps, values[:, :2]), "motor": _csv("motor", stamps, values[:, 2:])}


def _csv(component: str, stamps: list[str], values: np.ndarray) -> str:
    rows = (",".join([stamp, *map(repr, row)]) for stamp, row in zip(stamps, values.tolist(), strict=True))
    return "\n".join([",".join(["Timestamp", *COLUMNS[component]]), *rows, ""])


def put_training_files(s3: Any, bucket: str, start: datetime, end: datetime) -> None:
    for component, text in csv_files(start, end).items():
        s3.put_object(Bucket=bucket, Key=f"training/{component}/all.csv", Body=text.encode())


def put_window_files(s3: Any, bucket: str, start: datetime, end: datetime, prefix: str = "in/") -> None:
    """Files of every window of five minutes, stamped with its start."""
    while start < end:
        for component, text in csv_files(start, start + 5 * MINUTE).items():
            key = f"{prefix}{component}_{start:%Y%m%d%H%M%S}.csv"
            s3.put_object(Bucket=bucket, Key=key, Body=text.encode())
        start += 5 * MINUTE


def make_dataset(client: Any, name: str = "plant") -> None:
    client.create_dataset(DatasetName=name, DatasetSchema={"InlineDataSchema": json.dumps(SCHEMA)})


def start_ingestion(client: Any, bucket: str, dataset: str = "plant") -> str:
    source = {"S3InputConfiguration": {"Bucket": bucket, "Prefix": "training/"}}
    started = client.start_data_ingestion_job(DatasetName=dataset, IngestionInputConfiguration=source, RoleArn=ROLE)
    return started["JobId"]


def scheduler_request(name: str, model: str, bucket: str) -> dict[str, Any]:
    return {
        "InferenceSchedulerName": name,
        "ModelName": model,
        "DataUploadFrequency": "PT5M",
        "DataInputConfiguration": {"S3InputConfiguration": {"Bucket": bucket, "Prefix": "in/"}},
        "DataOutputConfiguration": {"S3OutputConfiguration": {"Bucket": bucket, "Prefix": "out/"}},
        "RoleArn": ROLE,
    }
