"""Predictions of a range as a pandas frame, the notebook's way and out of the store: a process that does it again and
again and says how long each time took.

    python -m support.reading SIDE TIMES SCHEDULER START END ADDRESS AUTHORIZATION
"""

import io
import json
import sys
from collections.abc import Callable
from datetime import datetime
from time import perf_counter
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

import pandas as pd

PARQUET, ARROW = "application/vnd.apache.parquet", "application/vnd.apache.arrow.stream"
Read = Callable[[], pd.DataFrame]


def notebook(name: str, start: str, end: str, *_: str) -> Read:
    """List the executions with boto3, read each result object, parse its lines, concatenate."""
    from service.settings import load_settings
    from support.machine import lookout_client, s3_client

    lookout, s3 = lookout_client(load_settings()), s3_client(load_settings())
    wanted = {
        "InferenceSchedulerName": name,
        "Status": "SUCCESS",
        "DataStartTimeAfter": datetime.fromisoformat(start),
        "DataEndTimeBefore": datetime.fromisoformat(end),
        "MaxResults": 500,
    }

    def read() -> pd.DataFrame:
        return pd.concat([_frame(s3, execution) for execution in _executions(lookout, wanted)]).sort_index()

    return read


def over_http(kind: str, parse: Callable[[bytes], pd.DataFrame]) -> Callable[..., Read]:
    """Ask the facade for the range in one format."""

    def side(name: str, start: str, end: str, address: str, authorization: str) -> Read:
        url = f"{address}/v1/schedulers/{name}/predictions?start_time={quote(start)}&end_time={quote(end)}"
        headers = {"Accept": kind, "Authorization": authorization}

        def read() -> pd.DataFrame:
            with urlopen(Request(url, headers=headers), timeout=120) as answer:
                return parse(answer.read()).set_index("timestamp")

        return read

    return side


def _arrow(body: bytes) -> pd.DataFrame:
    import pyarrow as pa

    return pa.ipc.open_stream(body).read_all().to_pandas()


def _json(body: bytes) -> pd.DataFrame:
    return pd.DataFrame([_flat(row) for row in json.loads(body)["predictions"]])


SIDES: dict[str, Callable[..., Read]] = {
    "notebook": notebook,
    "parquet": over_http(PARQUET, lambda body: pd.read_parquet(io.BytesIO(body))),
    "arrow": over_http(ARROW, _arrow),
    "csv": over_http("text/csv", lambda body: pd.read_csv(io.BytesIO(body), parse_dates=["timestamp"])),
    "json": over_http("application/json", _json),
}


def _executions(lookout: Any, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    found, token = [], {}
    while True:
        page = lookout.list_inference_executions(**wanted, **token)
        found += page["InferenceExecutionSummaries"]
        if "NextToken" not in page:
            return found
        token = {"NextToken": page["NextToken"]}


def _frame(s3: Any, execution: dict[str, Any]) -> pd.DataFrame:
    body = s3.get_object(**execution["CustomerResultObject"])["Body"].read()
    frame = pd.DataFrame([_flat(json.loads(line)) for line in body.splitlines()])
    frame["timestamp"] = pd.to_datetime(frame["timestamp"], utc=True)
    return frame.set_index("timestamp")


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, **{entry["name"]: entry["value"] for entry in row.pop("diagnostics")}}


def main() -> None:
    side, times, *where = sys.argv[1:]
    read = SIDES[side](*where)
    for _ in range(int(times)):
        begun = perf_counter()
        rows = len(read())
        print(rows, perf_counter() - begun, flush=True)


if __name__ == "__main__":
    main()
