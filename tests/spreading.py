"""How tests are spread over processes: what shares a stack stays together, and what takes longest begins first, so that
nothing runs alone at the end."""

import pytest
from xdist.scheduler import LoadFileScheduling

# A file stays in one process; so do these, where each group shares a stack that takes 20 seconds to set up.
ONE_STACK = {
    "tests/degradation/": "degradation",
    "tests/client/": "command line",
    "tests/doctor/": "command line",
    "tests/portal/": "portal",
    "tests/together/test_live_schemathesis.py": "live",
    "tests/together/test_backup_and_restore.py": "live",
    "tests/together/test_generated_client.py": "live",
    "tests/together/test_one_request_everywhere.py": "live",
}
LONGEST_FIRST = (  # seconds on two cores
    "tests/degradation/",  # 110
    "tests/together/test_documents_as_written.py",  # 70
    "tests/client/",  # with tests/doctor/ 40
    "tests/doctor/",
    "tests/portal/",  # 60
    "tests/together/test_live_schemathesis.py",  # with those that share its stack 60
    "tests/together/test_backup_and_restore.py",
    "tests/together/test_generated_client.py",
    "tests/together/test_one_request_everywhere.py",
    "tests/together/test_engine_workers.py",  # 25
    "tests/facade/uploads/test_upload_processes.py",  # 20
    "tests/together/",
    "tests/facade/imports/test_import_processes.py",
    "tests/facade/test_worker_process.py",
    "tests/facade/test_http_process.py",
    "tests/engine/work/",
)


class Spreading(LoadFileScheduling):
    """A file is what a process takes at once, or a folder whose tests share a stack."""

    def _split_scope(self, nodeid: str) -> str:
        shared = next((group for start, group in ONE_STACK.items() if nodeid.startswith(start)), None)
        return shared or super()._split_scope(nodeid)


def longest_first(items: list[pytest.Item]) -> None:
    """Bring the tests that take long to the front, and leave their order as it is otherwise."""
    items.sort(key=lambda item: _rank(item.nodeid))


def _rank(nodeid: str) -> int:
    return next((rank for rank, start in enumerate(LONGEST_FIRST) if nodeid.startswith(start)), len(LONGEST_FIRST))
