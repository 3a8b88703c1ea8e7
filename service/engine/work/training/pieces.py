"""One piece of a training: one portion of the data in one step."""

from service.engine.detection import passes
from service.engine.resources import Resources
from service.engine.store.training_pieces import TrainingPiece
from service.engine.work.retraining.prior_versions import prior_of
from service.engine.work.training.data import TrainingData, read_span
from service.engine.work.training.evaluation import findings_in
from service.engine.work.training.findings import numbers_of
from service.engine.work.training.parts import (
    JUDGE,
    PLAN,
    PREPARE,
    PRIOR,
    TrainingParts,
    found_name,
    lines_name,
    part_name,
    parts_of,
    state_name,
)
from service.engine.work.training.plan import marking_of, plan_of
from service.engine.work.training.portions import Portion, load_portion, nothing_carried, portion_of, save_portion
from service.engine.work.training.ranges import found_in
from service.engine.work.training.results import comparable, load_fitted
from service.engine.work.training.steps import steps_of


def do_piece(resources: Resources, data: TrainingData, piece: TrainingPiece) -> None:
    """Do one piece and leave what came of it in the engine's bucket; doing it again leaves the same.

    Raises:
        InputProblem, TrainingError, UnreadableOffCondition, ObjectsRefused: for the owner of the data to mend.
        ObjectsUnavailable: S3 is away.
    """
    parts = parts_of(resources, piece.model_id, piece.version)
    if piece.step == PREPARE:
        _prepare(resources, data, parts, piece.number)
    elif piece.step == JUDGE:
        _judge(resources, data, parts, piece.number)
    else:
        _look(data, parts, piece)


def _prepare(resources: Resources, data: TrainingData, parts: TrainingParts, number: int) -> None:
    plan = plan_of(parts.get_json(PLAN))
    before = _portion(parts, number - 1).after if number else nothing_carried(data.sensors)
    portion = portion_of(read_span(resources, data, plan.spans[number]), marking_of(data, plan.labels), before)
    parts.put(part_name(PREPARE, number), save_portion(portion))
    parts.put_json(found_name(number), found_in(data.model, portion).as_json())


def _look(data: TrainingData, parts: TrainingParts, piece: TrainingPiece) -> None:
    steps = steps_of(data)
    place = steps.index(piece.step)
    state = parts.get_numbers(state_name(steps[place - 1]))
    seen = passes(data.rate)[place - 1].look(state, _portion(parts, piece.number).chunk)
    parts.put_numbers(part_name(piece.step, piece.number), seen)


def _judge(resources: Resources, data: TrainingData, parts: TrainingParts, number: int) -> None:
    version = parts.get_json(PRIOR)
    prior = prior_of(resources, data.model.id, version) if version else None
    fitted = load_fitted(resources, data)
    findings = findings_in(data.model, fitted, comparable(data, prior), _portion(parts, number))
    parts.put_numbers(part_name(JUDGE, number), numbers_of(findings))
    parts.put(lines_name(number), findings.lines)


def _portion(parts: TrainingParts, number: int) -> Portion:
    return load_portion(parts.get(part_name(PREPARE, number)))
