"""Rows of uploads -> domain, and the parts of them that are kept as JSON."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from service.facade.domain.mappings import ReadingRules
from service.facade.domain.models import Component
from service.facade.domain.schedulers import S3Location
from service.facade.domain.uploads import (
    FileReport,
    Finding,
    Progress,
    StagedFile,
    TimeReading,
    Upload,
    UploadPlan,
    UploadWork,
)
from service.facade.domain.windows import InputNaming


def upload_of(row: Row) -> Upload:
    return Upload(
        id=row.id,
        inference_scheduler_name=row.inference_scheduler_name,
        status=row.status,
        dry_run=row.dry_run,
        progress=Progress(files_total=row.files_total, files_written=row.files_written, rows_read=row.rows_read),
        files=tuple(_report(entry) for entry in row.files),
        planned_files=tuple(row.planned_files),
        problem=row.problem,
        repeats=row.repeats,
        expires_at=row.expires_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def work_of(row: Row) -> UploadWork:
    return UploadWork(
        id=row.id,
        team=row.team,
        inference_scheduler_name=row.inference_scheduler_name,
        staging_key=row.staging_key,
        staged_files=tuple(StagedFile(**entry) for entry in row.staged_files),
        plan=_plan(row.plan),
        created_at=row.created_at,
        dry_run=row.dry_run,
        content_hash=row.content_hash,
        staging_etag=row.staging_etag,
        expires_at=row.expires_at,
        request_id=row.request_id,
    )


def rules_of(entry: dict[str, Any]) -> ReadingRules:
    return ReadingRules(**entry | {"columns": sensors_of(entry["columns"])})


def sensors_of(columns: dict[str, Any]) -> dict[str, tuple[str, str] | None]:
    """JSON has no tuples."""
    return {name: tuple(sensor) if sensor else None for name, sensor in columns.items()}


def report_row(report: FileReport) -> dict[str, Any]:
    times = {name: getattr(report, name).isoformat() for name in ("first_timestamp", "last_timestamp")}
    findings = [asdict(finding) | {"timestamp": finding.timestamp.isoformat()} for finding in report.findings]
    return asdict(report) | times | {"findings": findings}


def _plan(entry: dict[str, Any]) -> UploadPlan:
    return UploadPlan(
        input=S3Location(**entry["input"]),
        naming=InputNaming(**entry["naming"]),
        components=tuple(Component(**one | {"sensors": tuple(one["sensors"])}) for one in entry["components"]),
        rules=rules_of(entry["rules"]) if "rules" in entry else ReadingRules(),  # accepted before there were rules
    )


def _report(entry: dict[str, Any]) -> FileReport:
    return FileReport(
        **entry
        | {name: datetime.fromisoformat(entry[name]) for name in ("first_timestamp", "last_timestamp")}
        | {name: tuple(entry[name]) for name in ("components", "ignored_columns")}
        | {"times": TimeReading(**entry["times"]), "findings": tuple(_finding(one) for one in entry["findings"])}
    )


def _finding(entry: dict[str, Any]) -> Finding:
    return Finding(**entry | {"timestamp": datetime.fromisoformat(entry["timestamp"])})
