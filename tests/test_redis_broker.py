"""The setting of Redis as Celery writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.redis_broker import broker_url


@pytest.mark.parametrize(
    ("redis_url", "expected"),
    [
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
        ("redis://:secret@redis:6379/2", "redis://:secret@redis:6379/2"),
        ("rediss://redis:6380/0", "rediss://redis:6380/0"),
    ],
)
def test_every_form_of_the_redis_url_is_one_that_celery_reads(redis_url, expected):
    assert broker_url(redis_url) == expected


@given(st.integers(0, 15))
def test_every_database_of_a_socket_is_kept(number):
    assert broker_url(f"unix:///s?db={number}").endswith(f"virtual_host={number}")
