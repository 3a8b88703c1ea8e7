"""The service's quotas (AWS user guide, guidelines and limits), as far as operations keep them."""

DATASETS = 15
MODELS = 15
PENDING_INGESTION_JOBS = 5
PENDING_TRAININGS = 5
DATASET_COMPONENTS = 3000
DATASET_COLUMNS = 3000
MODEL_COMPONENTS = 300
MODEL_COLUMNS = 300
LABEL_GROUPS = 15
TAGS = 50
# Our own; the service's is not published.
LABELS_PER_GROUP = 10_000
# Our own: a leap year of five-minute windows.
REPLAY_WINDOWS = 366 * 24 * 12
