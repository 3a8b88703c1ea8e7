"""Every check, in the order in which findings are shown, and what each stands on."""

from service.doctor.buckets import look_at_s3
from service.doctor.databases import look_at_engine_database, look_at_facade_database
from service.doctor.engine import look_at_engine, look_at_schedule
from service.doctor.facade import look_at_facade, look_at_readiness
from service.doctor.findings import Check
from service.doctor.issuer import look_at_issuer
from service.doctor.keys import look_at_addresses, look_at_keys
from service.doctor.machine import look_at_clock, look_at_disk, look_at_stack
from service.doctor.redis_server import look_at_redis
from service.doctor.workers import look_at_workers

_NEIGHBOURS = ("facade database", "redis", "s3", "engine", "workers")
CHECKS = (
    Check("stack", look_at_stack),
    Check("disk", look_at_disk, needs=("stack",)),
    Check("facade database", look_at_facade_database, needs=("stack",)),
    Check("engine database", look_at_engine_database, needs=("stack",)),
    Check("redis", look_at_redis, needs=("stack",)),
    Check("s3", look_at_s3, needs=("stack",)),
    Check("engine", look_at_engine, needs=("stack", "engine database")),
    Check("schedule", look_at_schedule, needs=("engine",)),
    Check("workers", look_at_workers, needs=("redis",)),
    Check("facade", look_at_facade, needs=("stack",)),
    Check("readiness", look_at_readiness, needs=("facade",), after=_NEIGHBOURS),
    Check("clock", look_at_clock, needs=("facade database",)),
    Check("keys", look_at_keys, needs=("facade database",)),
    Check("identity provider", look_at_issuer),
    Check("addresses", look_at_addresses),
)
