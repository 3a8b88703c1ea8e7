"""What a scheduler's page says in words: failure codes with what to do, and what was done on the page."""

from service.facade.domain.uploads import FileReport, Upload

FAILURES = {
    "missing_input_file": (
        "No input file", "Upload the window's data; if they come later, the window is scored again by itself.",
    ),
    "no_rows_in_window": (
        "No rows in the window", "The files are there, but no row has a time in the window: check the clock's zone.",
    ),
    "too_much_input": ("Too much input", "Send fewer rows or files for each window."),
    "access_denied": ("Access denied", "Let the scheduler's role read the input and write the output."),
    "unreadable_input": ("Unreadable file", "Mend the file that the reason names, then replay the window."),
    "model_unavailable": ("Model unavailable", "Train the model again, or activate a version of it."),
    "bucket_missing": ("Bucket missing", "Create the bucket, or name another one in the configuration."),
    "storage_unavailable": ("Storage did not answer", "Replay the window when the object store is back."),
    "engine_failed": ("The engine failed", "Replay the window; if it fails again, see the engine's log."),
    "other": ("Failed", "See the reason; replay the window when its cause is gone."),
}  # fmt: skip
VERDICTS = {"true": "It was a fault", "false": "It was no fault", "unsure": "Not sure"}
NOTICES = {
    "starting": "The scheduler is starting.",
    "stopping": "The scheduler is stopping; a run that is under way is finished first.",
    "acknowledged": "Acknowledged.",
    "withdrawn": "Taken back.",
    "feedback": "Thank you: your feedback is kept for the next training.",
    "uploaded": "The upload was accepted. Its report appears below when every row is checked.",
    "repeated": "The same content was sent before: below is that upload. Nothing was done again.",
    "upload-cancelled": "The upload is cancelled; input files that were written stay.",
    "replaying": "The replay has begun.",
    "replay-cancelled": "The replay is being cancelled; what it has scored stays.",
}


def failure_words(code: str) -> tuple[str, str]:
    """A failure in two words, and what to do about it."""
    return FAILURES.get(code, FAILURES["other"])


def upload_words(upload: Upload) -> str:
    """What was uploaded: the name of its first file, as far as it is known."""
    names = [report.name for report in upload.files if report.name]
    more = f" and {len(upload.files) - 1} more" if len(upload.files) > 1 else ""
    return f"{names[0]}{more}" if names else f"Upload {upload.id[:8]}"


def findings_words(report: FileReport) -> list[str]:
    """What is worth a look in an uploaded file, each in a few words."""
    said = (
        (report.duplicate_timestamps, "repeated time", "repeated times"),
        (report.out_of_order_rows, "row out of order", "rows out of order"),
        (report.gaps, "gap", "gaps"),
        (report.rows_without_values, "row without values", "rows without values"),
        (len(report.ignored_columns), "column left out", "columns left out"),
    )
    return [f"{count:,} {one if count == 1 else many}" for count, one, many in said if count]
