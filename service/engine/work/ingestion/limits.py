"""Bounds of one ingestion (AWS user guide, quotas): refused as soon as they are seen."""

from collections.abc import Mapping, Sequence

from service.engine.objects import StoredObject
from service.engine.work.ingestion.components import IngestedComponent
from service.engine.work.problems import InputProblem
from service.quotas import Quotas

GIGABYTE = 1024**3


def check_limits(bucket: str, by_component: Mapping[str, Sequence[StoredObject]], quotas: Quotas) -> None:
    """Refuse too many components, too many files of one, too large a file, and too much in all.

    Raises:
        InputProblem: naming the component, the file or the sum, and the bound.
    """
    if len(by_component) > quotas.dataset_components:
        raise InputProblem(
            f"There are files of {len(by_component)} components; a dataset may have {quotas.dataset_components}."
        )
    for component, entries in by_component.items():
        if len(entries) > quotas.dataset_files_per_component:
            raise InputProblem(
                f"Component {component} has {len(entries)} files; {quotas.dataset_files_per_component} are allowed. "
                "Join some of them."
            )
    entries = [entry for found in by_component.values() for entry in found]
    largest, size = max(entries, key=lambda entry: entry.size), sum(entry.size for entry in entries)
    if largest.size > quotas.file_gigabytes * GIGABYTE:
        raise InputProblem(
            f"s3://{bucket}/{largest.key} has {largest.size / GIGABYTE:.1f} GB; a file may have "
            f"{quotas.file_gigabytes} GB. Split it by time."
        )
    if size > quotas.dataset_gigabytes * GIGABYTE:
        raise InputProblem(
            f"The files have {size / GIGABYTE:.1f} GB in all; a dataset may have {quotas.dataset_gigabytes} GB."
        )


def check_columns(components: Mapping[str, IngestedComponent], quotas: Quotas) -> None:
    """Refuse more columns over all components than a dataset may have; with a schema there never are.

    Raises:
        InputProblem: saying both numbers.
    """
    columns = sum(len(found.columns) for found in components.values())
    if columns > quotas.dataset_columns:
        raise InputProblem(
            f"The files of {len(components)} components have {columns} columns in all; a dataset may have "
            f"{quotas.dataset_columns}."
        )
