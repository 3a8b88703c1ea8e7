"""The fitting itself: a dataset's content, its ranges and labels -> a detector with its artefacts and metrics.

Data that fit into memory are fitted by one task in one go; more of them in pieces, see `steps`. Both do the
same to the same portions.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from tempfile import TemporaryFile
from typing import BinaryIO

from service.engine.detection import FittedModel, Numbers, Pass, finish, passes
from service.engine.resources import Resources
from service.engine.store.model_versions import ModelVersion
from service.engine.store.models import Model
from service.engine.work.retraining.prior_versions import prior_of
from service.engine.work.training.data import TrainingData, find_training_data, read_span
from service.engine.work.training.evaluation import Findings, findings_in
from service.engine.work.training.plan import marking_of, plan_training
from service.engine.work.training.portions import Portion, portions_of
from service.engine.work.training.ranges import check_found, found_in
from service.engine.work.training.results import Training, comparable, made_of, store_fitted
from service.engine.work.training.steps import go_on, is_in_pieces

PORTIONS_AT_ONCE = 2  # numpy lets go of the interpreter, so two cores are used; each takes several times its portion


def train(resources: Resources, model: Model, version: ModelVersion) -> Training | None:
    """Fit a version, write its artefacts and evaluate it. None as long as there are pieces of it to do.

    Raises:
        InputProblem, TrainingError, UnreadableOffCondition, ObjectsRefused: for the owner of the data to mend.
        ObjectsUnavailable: S3 is away.
    """
    data = find_training_data(resources, model, version)
    if is_in_pieces(resources, data) or data.cells > resources.settings.training_cells_at_once:
        return go_on(resources, data)
    return _train_at_once(resources, data)


def _train_at_once(resources: Resources, data: TrainingData) -> Training:
    plan = plan_training(resources, data)
    stretches = (read_span(resources, data, span) for span in plan.spans)
    portions = list(portions_of(stretches, marking_of(data, plan.labels), data.sensors))
    found = check_found(data, (found_in(data.model, portion) for portion in portions), resources.quotas)
    fitted = _fitted(portions, data.rate)
    store_fitted(resources, data, fitted)
    prior = prior_of(resources, data.model.id) if data.is_retraining else None
    with TemporaryFile() as lines:
        findings = list(_findings(data, fitted, comparable(data, prior), portions, lines))
        return made_of(resources, data, plan.labels, len(found.days), prior, findings, lines)


def _fitted(portions: Sequence[Portion], rate: timedelta | None) -> FittedModel:
    state: Numbers = {}
    with ThreadPoolExecutor(PORTIONS_AT_ONCE) as pool:
        for step in passes(rate):
            seen = partial(_seen, step, state)
            state = step.join(state, list(pool.map(seen, portions)))
    return finish(state)


def _seen(step: Pass, state: Numbers, portion: Portion) -> Numbers:
    return step.look(state, portion.chunk)


def _findings(
    data: TrainingData, fitted: FittedModel, prior: FittedModel | None, portions: Sequence[Portion], lines: BinaryIO
) -> Iterator[Findings]:
    with ThreadPoolExecutor(PORTIONS_AT_ONCE) as pool:
        for findings in pool.map(partial(findings_in, data.model, fitted, prior), portions):
            lines.write(findings.lines)
            yield replace(findings, lines=b"")
