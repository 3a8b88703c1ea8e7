"""How one call is performed: in a transaction of its own, with nudges that leave after it."""

from typing import Any

import structlog

from service.engine.nudges import nudge
from service.engine.operations.idempotency import answer_once
from service.engine.operations.table import OPERATIONS
from service.engine.operations.unit import Unit
from service.engine.protocol.calls import Call
from service.engine.protocol.faults import ServiceUnavailableException, ThrottlingException
from service.engine.resources import Resources
from service.engine.store.database import Busy, DatabaseAway, brief_transaction
from service.engine.store.scope import Scope

log = structlog.get_logger(__name__)


def perform(call: Call, resources: Resources) -> dict[str, Any] | None:
    """Perform one call in a transaction of its own; nudges leave when it has been committed.

    Raises:
        Fault: whatever the operation refuses with; nothing is written then.
    """
    operation = OPERATIONS[call.operation]
    try:
        with brief_transaction(resources.database) as connection:
            scope = Scope(call.account_id, call.region)
            unit = Unit(connection, scope, resources.clock(), resources.quotas, resources.settings)
            answer = answer_once(operation, call, unit) if "ClientToken" in call.params else operation(call, unit)
    except Busy as error:
        raise ThrottlingException("Too many calls for the same resources at this moment; try again shortly.") from error
    except DatabaseAway as error:
        log.warning("database_away", operation=call.operation, cause=repr(error.__cause__))
        raise ServiceUnavailableException("The engine cannot reach its database; try again shortly.") from error
    nudge(resources.queue, unit.nudges)
    return answer
