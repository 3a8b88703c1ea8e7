import psycopg
from redis import Redis


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
