import psycopg
import pytest
from redis import Redis
from redis.exceptions import ResponseError
from support.chaos.neighbours import Neighbour

from service.embedded.program import running
from service.embedded.s3 import s3_program
from service.embedded.valkey import valkey_program
from service.embedded.valkey import valkey_url as url_of_valkey


def test_valkey_keeps_an_append_only_file(valkey_url):
    client = Redis.from_url(valkey_url)
    assert client.config_get("appendonly") == {"appendonly": "yes"}
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    client.close()


def test_postgres_lets_a_session_hold_an_advisory_lock(engine_database_url):
    with psycopg.connect(engine_database_url) as one, psycopg.connect(engine_database_url) as other:
        assert one.execute("SELECT pg_try_advisory_lock(1)").fetchone() == (True,)
        assert other.execute("SELECT pg_try_advisory_lock(1)").fetchone() == (False,)


def test_settings_point_at_the_servers_of_the_session(settings, s3_endpoint_url, s3):
    assert settings.s3_endpoint_url == s3_endpoint_url
    assert s3.head_bucket(Bucket=settings.engine_bucket)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_what_valkey_acknowledged_survives_a_kill_once_it_was_synced(session_folder, unique):
    folder = session_folder / unique
    program = valkey_program(folder, folder)
    with running(program, session_folder / f"{unique}.log") as process:
        client = Redis.from_url(url_of_valkey(folder))
        client.set("kept", "yes")
        client.execute_command("WAITAOF", 1, 0, 5000)
        client.close()
        process.kill()
        process.wait()
    with running(program, session_folder / f"{unique}.log"):
        client = Redis.from_url(url_of_valkey(folder))
        assert client.get("kept") == b"yes"
        client.close()


def test_valkey_without_room_on_its_disk_is_ready_although_it_refuses_a_ping(session_folder, unique):
    folder = session_folder / unique
    valkey = Neighbour(valkey_program(folder, folder), session_folder / f"{unique}.log")
    valkey.come_back()
    valkey.kill()
    valkey.come_back(longest_file=10)
    client = Redis.from_url(url_of_valkey(folder))
    client.set("acknowledged", "but not kept")  # the file is written after the answer
    with pytest.raises(ResponseError, match="MISCONF"):
        client.ping()
    client.close()
    valkey.wait_until_ready()
    valkey.stop()


def test_s3_keeps_objects_and_sweeps_what_a_killed_server_left_half_written(tmp_path):
    (tmp_path / "bucket" / "in").mkdir(parents=True)
    (tmp_path / "bucket" / "in" / "whole.csv").write_text("whole")
    (tmp_path / "bucket" / "in" / ".rclone_temp_put_1").write_text("ha")
    s3_program(tmp_path, 9000, buckets=["bucket", "another"])
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert left == ["another", "bucket", "bucket/in", "bucket/in/whole.csv"]
