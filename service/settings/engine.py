"""Settings of the engine."""

from dataclasses import dataclass

from marshmallow import fields as check
from marshmallow import validate

from service.settings.kinds import COUNT, DAYS, FILLED, SECONDS, SPAN, SWITCH, credentials, quotas, setting


@dataclass(frozen=True, kw_only=True)
class EngineSettings:
    """What only the engine reads."""

    engine_account_id: str = setting(
        "LOOKOUT_ENGINE_ACCOUNT_ID", "Account in the ARNs that the engine hands out.", "000000000000",
        check.String(validate=validate.Regexp(r"^\d{12}$", error="must be 12 digits")),
    )  # fmt: skip
    engine_bucket: str = setting(
        "LOOKOUT_ENGINE_BUCKET", "Bucket of ingested data and trained models.", "lookout-engine", FILLED
    )
    engine_quotas: str = setting(
        "LOOKOUT_ENGINE_QUOTAS",
        "Quotas other than the service's, such as `models=50, label_groups=100`; docs/operations.md lists them.",
        "", check.String(validate=quotas),
    )  # fmt: skip
    training_cells_at_once: int = setting(
        "LOOKOUT_TRAINING_CELLS_AT_ONCE",
        "Rows x sensors up to which a training is one task in memory, about 35 bytes each; more are fitted portion by "
        "portion, spread over the training workers.", 64_000_000, COUNT,
    )  # fmt: skip
    training_portion_cells: int = setting(
        "LOOKOUT_TRAINING_PORTION_CELLS", "Rows x sensors that a training has in hand at a time.", 4_000_000, COUNT
    )
    verify_signatures: bool = setting(
        "LOOKOUT_VERIFY_SIGNATURES",
        "Refuse engine requests whose signature does not match the secret of their access key.", False, SWITCH,
    )  # fmt: skip
    engine_credentials: str = setting(
        "LOOKOUT_ENGINE_CREDENTIALS",
        "More access keys of the engine, of other accounts, such as `AKIAPLANTA:its-secret:111111111111; "
        "AKIAPLANTB:another:222222222222`; empty: there is the one of AWS_ACCESS_KEY_ID.", "",
        check.String(validate=credentials),
    )  # fmt: skip
    catch_up_policy: str = setting(
        "LOOKOUT_CATCH_UP_POLICY", "Windows missed while the engine was down that are run late: `skip` (none), "
        "`latest` or `all`.", "all", check.String(validate=validate.OneOf(["skip", "latest", "all"])),
    )  # fmt: skip
    catch_up_hours: float = setting(
        "LOOKOUT_CATCH_UP_HOURS", "With the policy `all`, missed windows are run if they are younger.", 24.0, SECONDS
    )
    execution_seconds: float = setting(
        "LOOKOUT_EXECUTION_SECONDS",
        "Longest that a worker spends on one window; then the execution is FAILED, and others go on.", 240.0, SPAN,
    )  # fmt: skip
    execution_retention_days: int = setting(
        "LOOKOUT_EXECUTION_RETENTION_DAYS",
        "Days after which an execution that has ended is deleted, with its events; never what a retraining may still "
        "learn from, and no result in S3. 0: kept as long as its scheduler.", 400, DAYS,
    )  # fmt: skip
    clock_file: str = setting(
        "LOOKOUT_CLOCK_FILE",
        "For rehearsals and tests only: a file that says what time it is for the engine, such as "
        "2026-03-01T13:00:00Z. Empty: the machine's clock.", "",
    )  # fmt: skip
