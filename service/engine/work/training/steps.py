"""A training of more data than one task takes: steps that follow each other, each of them in pieces.

    prepare       portion after portion: read, align, mark; each is written to the engine's bucket
    fit-<pass>    a piece for every portion, in any order and on any worker; joined when the last is done
    judge         a piece for every portion: the evaluation range, and pointwise diagnostics

A piece is a row and a message. Whoever does the last of a step goes on with the training, under its lock: joins what
the pieces have left, and adds those of the next step. So a worker that is killed costs one piece.
"""

from collections.abc import Iterable, Sequence
from tempfile import TemporaryFile

from service.engine.detection import finish, passes
from service.engine.nudges import nudge
from service.engine.resources import Resources
from service.engine.store import training_pieces
from service.engine.store.training_pieces import TrainingPiece
from service.engine.store.unfinished import Piece
from service.engine.work.retraining.prior_versions import prior_of
from service.engine.work.training.data import TrainingData
from service.engine.work.training.findings import findings_of
from service.engine.work.training.parts import (
    FIT,
    JUDGE,
    PLAN,
    PREPARE,
    PRIOR,
    NumbersOfStep,
    TrainingParts,
    found_name,
    lines_name,
    part_name,
    parts_of,
    state_name,
)
from service.engine.work.training.plan import TrainingPlan, as_json, plan_of, plan_training
from service.engine.work.training.ranges import Found, check_found, found_of, is_judged
from service.engine.work.training.results import Training, made_of, store_fitted


def is_in_pieces(resources: Resources, data: TrainingData) -> bool:
    """Whether the training has begun in pieces."""
    return bool(_pieces(resources, data))


def go_on(resources: Resources, data: TrainingData) -> Training | None:
    """Begin a training, or go on with it if every piece there is is done; what it made, once it has ended.

    Raises:
        InputProblem, TrainingError, ObjectsRefused: for the owner of the data to mend.
        ObjectsUnavailable: S3 is away.
    """
    pieces, parts = _pieces(resources, data), parts_of(resources, data.model.id, data.version.version)
    if not pieces:
        resources.objects.make_bucket(parts.bucket)
        parts.put_json(PLAN, as_json(plan_training(resources, data)))
        return _begin(resources, data, PREPARE, [0])
    if any(piece.status == "PENDING" for piece in pieces):
        return None
    plan, steps = plan_of(parts.get_json(PLAN)), steps_of(data)
    step = max((piece.step for piece in pieces), key=steps.index)
    portions = range(len(plan.spans))
    if step == PREPARE and len(pieces) < len(portions):
        return _begin(resources, data, PREPARE, [len(pieces)])
    _conclude(resources, data, parts, step, len(portions))
    if step == steps[-1]:
        return _training(resources, data, parts, plan)
    return _begin(resources, data, steps[steps.index(step) + 1], portions)


def steps_of(data: TrainingData) -> list[str]:
    """The steps of a training, in their order."""
    return [PREPARE, *(FIT + one.name for one in passes(data.rate)), *([JUDGE] if is_judged(data.model) else [])]


def _pieces(resources: Resources, data: TrainingData) -> list[TrainingPiece]:
    with resources.database.begin() as connection:
        return training_pieces.of_version(connection, data.model.id, data.version.version)


def _begin(resources: Resources, data: TrainingData, step: str, numbers: Iterable[int]) -> None:
    with resources.database.begin() as connection:
        ids = training_pieces.add(connection, data.model.id, data.version.version, step, numbers, resources.clock())
    nudge(resources.queue, [Piece("training_piece", id) for id in ids])


def _conclude(resources: Resources, data: TrainingData, parts: TrainingParts, step: str, portions: int) -> None:
    """Join what the pieces of a step have left."""
    if step == PREPARE:
        check_found(data, _found(parts, portions), resources.quotas)
        parts.put_numbers(state_name(PREPARE), {})
    elif step != JUDGE:
        steps = steps_of(data)
        one = passes(data.rate)[steps.index(step) - 1]
        state = parts.get_numbers(state_name(steps[steps.index(step) - 1]))
        state = one.join(state, NumbersOfStep(parts, step, portions))
        parts.put_numbers(state_name(step), state)
        if one.name == passes(data.rate)[-1].name:
            store_fitted(resources, data, finish(state))
            prior = prior_of(resources, data.model.id) if data.is_retraining else None
            parts.put_json(PRIOR, prior.version if prior else 0)


def _found(parts: TrainingParts, portions: int) -> Sequence[Found]:
    return [found_of(parts.get_json(found_name(number))) for number in range(portions)]


def _training(resources: Resources, data: TrainingData, parts: TrainingParts, plan: TrainingPlan) -> Training:
    portions = range(len(plan.spans)) if is_judged(data.model) else range(0)
    findings = [findings_of(parts.get_numbers(part_name(JUDGE, number))) for number in portions]
    days = sum(_found(parts, len(plan.spans)), Found()).days
    number = parts.get_json(PRIOR)
    prior = prior_of(resources, data.model.id, number) if number else None
    with TemporaryFile() as lines:
        for number in portions:
            lines.write(parts.get(lines_name(number)))
        return made_of(resources, data, plan.labels, len(days), prior, findings, lines)
