"""What the notebooks do with the `lookoutequipment` package, in its own environment; run by `test_engine_sdk.py`.

    python expander_notebook.py FOLDER BUCKET ROLE      says a line, waits for one at its standard input, says the rest

Nothing of the package is changed. It looks at a status every minute or so: `time.sleep` is made shorter for it.
"""

import json
import sys
import time
from pathlib import Path

import matplotlib as mpl
import pandas as pd

mpl.use("agg")
sleep, time.sleep = time.sleep, lambda seconds: sleep(min(seconds, 0.3))

import lookoutequipment as lookout  # noqa: E402

FOLDER, BUCKET, ROLE = Path(sys.argv[1]), *sys.argv[2:]
PREFIX, NAME = "expander/", "expander"
SAID = {}


def main() -> None:
    sample = load_sample()
    create_dataset()
    train(sample)
    evaluate(sample)
    scheduler = schedule(sample)
    print("CREATED", flush=True)
    sys.stdin.readline()
    read_predictions(scheduler)
    clean_up(scheduler)
    print(json.dumps(SAID), flush=True)


def load_sample() -> dict:
    """What the package's own loader returns, without its download."""
    labels = pd.read_csv(FOLDER / "labels.csv", header=None, names=["start", "end"], parse_dates=["start", "end"])
    ranges = [pd.to_datetime(line) for line in (FOLDER / "timeranges.txt").read_text().splitlines()]
    names = ("training_start", "training_end", "evaluation_start", "evaluation_end")
    return dict(zip(names, ranges, strict=True)) | {
        "data": pd.read_parquet(FOLDER / "expander.parquet"),
        "labels": labels,
        "tags_description": pd.read_csv(FOLDER / "tags_description.csv"),
    }


def create_dataset() -> None:
    """1_data_preparation and 2_dataset_creation."""
    lookout.upload_dataset(str(FOLDER), BUCKET, PREFIX)
    dataset = lookout.LookoutEquipmentDataset(
        dataset_name=NAME, component_root_dir=f"s3://{BUCKET}/{PREFIX}training-data", access_role_arn=ROLE
    )
    dataset.create()
    job = dataset.ingest_data(BUCKET, PREFIX + "training-data/", wait=True, sleep_time=1)
    SAID["ingestion"] = job["Status"]
    SAID["files"] = job["IngestedFilesSummary"]["IngestedNumberOfFiles"]
    SAID["components"] = dataset.components_list
    SAID["signals"] = sum(len(dataset.get_component_field_map(name)[name]) - 1 for name in dataset.components_list)
    SAID["datasets"] = lookout.list_datasets(dataset_name_prefix="exp")


def train(sample: dict) -> None:
    """3_model_training."""
    model = lookout.LookoutEquipmentModel(model_name=NAME, dataset_name=NAME)
    model.set_time_periods(
        sample["evaluation_start"], sample["evaluation_end"], sample["training_start"], sample["training_end"]
    )
    model.set_label_data(bucket=BUCKET, prefix=PREFIX + "label-data/", access_role_arn=ROLE)
    model.set_target_sampling_rate(sampling_rate="PT5M")
    model.train()
    SAID["trained twice"] = model.train()
    model.poll_model_training(sleep_time=1)
    described = model.client.describe_model(ModelName=NAME)
    SAID["training"] = [described["Status"], described.get("FailedReason", "")]
    SAID["models"] = lookout.list_models(model_name_prefix="exp")


def evaluate(sample: dict) -> None:
    """4_model_evaluation, pictures included."""
    analysis = lookout.LookoutEquipmentAnalysis(model_name=NAME, tags_df=sample["data"])
    found, labelled = analysis.get_predictions(), analysis.get_labels()
    SAID["labelled"] = labelled.astype(str).to_numpy().tolist()
    SAID["found"] = found[["start", "end"]].astype(str).to_numpy().tolist()
    longest = found.loc[(found["end"] - found["start"]).idxmax()]
    shares = pd.DataFrame(longest["diagnostics"])
    SAID["to blame"] = shares.sort_values("value", ascending=False)["name"].tolist()[:3]
    analysis.get_labels(labels_fname=str(FOLDER / "labels.csv"))
    analysis.compute_histograms()
    SAID["ranked"] = analysis.get_ranked_list(max_signals=9)["Tag"].tolist()
    analysis.plot_signals(nb_cols=3, max_plots=3)
    analysis.plot_histograms_v2(analysis.rank, max_plots=3)
    draw(sample, found)
    lookout.plot_event_barh(shares.copy(), num_signals=5)


def draw(sample: dict, found: pd.DataFrame) -> None:
    picture = lookout.TimeSeriesVisualization(timeseries_df=sample["data"], data_format="tabular")
    picture.add_signal(["signal-001"])
    picture.add_labels(sample["labels"])
    picture.add_predictions([found])
    picture.add_train_test_split(sample["evaluation_start"])
    picture.add_rolling_average(60)
    figure, axes = picture.plot()
    picture.plot_histograms(freq="5min", top_n=4)
    figure.savefig(FOLDER / "evaluation.png")
    SAID["panels"] = len(axes)


def schedule(sample: dict) -> "lookout.LookoutEquipmentScheduler":
    """5_inference_scheduling."""
    scheduler = lookout.LookoutEquipmentScheduler(scheduler_name=NAME, model_name=NAME)
    scheduler.set_parameters(
        input_bucket=BUCKET,
        input_prefix=PREFIX + "inference-data/input/",
        output_bucket=BUCKET,
        output_prefix=PREFIX + "inference-data/output/",
        role_arn=ROLE,
        upload_frequency="PT5M",
        delay_offset=1,
        timezone_offset="+00:00",
        component_delimiter="_",
        timestamp_format="yyyyMMddHHmmss",
    )
    scheduler.create()
    scheduler.create(wait=False)
    SAID["running"] = scheduler.get_status()
    inspector = lookout.LookoutEquipmentSchedulerInspector(scheduler_name=NAME)
    report = inspector.build_inspection_report()
    lookout.prepare_inference_data(str(FOLDER), sample, BUCKET, PREFIX, num_sequences=1)
    inspector.export_to_html(str(FOLDER / "report.html"))
    written = [path.name for path in (FOLDER / "inference-data" / "input").iterdir()]
    named = [name for name in written if name in report + inspector.build_inspection_report()]
    SAID["files named by the inspector"] = len(named)
    return scheduler


def read_predictions(scheduler: "lookout.LookoutEquipmentScheduler") -> None:
    executions = scheduler.list_inference_executions(execution_status="SUCCESS", max_results=5)
    SAID["executions"] = [str(one["DataStartTime"]) for one in executions]
    predictions = scheduler.get_predictions()
    SAID["predictions"] = {str(at): int(value) for at, value in predictions["prediction"].items()}
    shares = predictions[predictions["prediction"] == 1].drop(columns=["prediction", "anomaly_score"])
    SAID["blamed"] = shares.mean().sort_values(ascending=False).index.tolist()[:3]


def clean_up(scheduler: "lookout.LookoutEquipmentScheduler") -> None:
    """6_cleanup."""
    scheduler.stop()
    SAID["stopped"] = scheduler.get_status()
    scheduler.start()
    SAID["started"] = scheduler.get_status()
    scheduler.stop()
    scheduler.delete()
    lookout.delete_dataset(NAME, delete_children=True)
    SAID["left"] = [lookout.list_datasets(), lookout.list_models()]


if __name__ == "__main__":
    main()
