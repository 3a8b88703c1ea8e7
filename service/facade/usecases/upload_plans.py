"""How a scheduler wants its input files, and how the tables that come for it are to be read."""

from service.facade.domain.mappings import ReadingRules, reading_rules
from service.facade.domain.models import Component
from service.facade.domain.runs import input_naming
from service.facade.domain.uploads import UploadPlan
from service.facade.problems import Conflict, InvalidRequest, at_parameter
from service.facade.resources import Resources
from service.facade.sensordata.layouts import named_layout
from service.facade.sensordata.zones import zone_named
from service.facade.store import mappings


def plan_upload(
    resources: Resources,
    team: str,
    scheduler_name: str,
    *,
    component: str | None = None,
    time_zone: str | None = None,
    time_format: str | None = None,
) -> UploadPlan:
    """The plan for an upload that is accepted now.

    Args:
        component, time_zone, time_format: what the caller says of the tables; they come before the column mapping.

    Raises:
        InvalidRequest: the model has no such component, or there is no such time zone or format.
        Conflict: the model has no schema.
    """
    check_times(time_zone, time_format)
    scheduler = resources.schedulers.describe(scheduler_name)
    components = model_components(resources, scheduler.model_name)
    _check_component(components, component)
    return UploadPlan(
        input=scheduler.data_input_configuration.s3_input_configuration,
        naming=input_naming(scheduler),
        components=components,
        rules=_rules(resources, team, scheduler_name, time_zone, time_format),
    )


def model_components(resources: Resources, model_name: str) -> tuple[Component, ...]:
    """The schema of a model. Raises Conflict when it has none."""
    components = resources.models.describe(model_name).components
    if not components:
        raise Conflict(f"The model {model_name} has no schema, so no table can be checked against it.")
    return components


def check_times(time_zone: str | None, time_format: str | None) -> None:
    """
    Raises:
        InvalidRequest: there is no such time zone or format.
    """
    wrong = []
    for parameter, value, look_up in (("time_zone", time_zone, zone_named), ("time_format", time_format, named_layout)):
        try:
            if value is not None:
                look_up(value)
        except ValueError as error:
            wrong.append(at_parameter(parameter, str(error)))
    if wrong:
        raise InvalidRequest(" ".join(item["detail"] for item in wrong), errors=wrong)


def _rules(
    resources: Resources, team: str, scheduler_name: str, time_zone: str | None, time_format: str | None
) -> ReadingRules:
    with resources.database.begin() as db:
        mapping = mappings.find(db, team, scheduler_name)
    return reading_rules(mapping, time_zone, time_format)


def _check_component(components: tuple[Component, ...], component: str | None) -> None:
    known = [entry.component_name for entry in components]
    if component is not None and component not in known:
        detail = f"The model has no component {component!r}; it has {', '.join(known)}."
        raise InvalidRequest(detail, errors=[at_parameter("component", detail)])
