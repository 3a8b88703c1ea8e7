"""The simplest script that scores windows with pandas and scikit-learn: get each file, join, score, put the lines.

python window.py BUCKET PREFIX MODEL.joblib STAMP…      prints milliseconds of wall and of CPU for each window
"""

import json
import sys
from time import perf_counter, process_time

import boto3
import joblib
import numpy as np
import pandas as pd

bucket, prefix, model, *stamps = sys.argv[1:]
scaler, pca, limits = joblib.load(model)
s3 = boto3.client("s3")

for stamp in stamps:
    begun, cpu = perf_counter(), process_time()
    frames = []
    for entry in s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]:
        if entry["Key"].endswith(f"_{stamp}.csv"):
            body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"]
            component = entry["Key"].removeprefix(prefix).removesuffix(f"_{stamp}.csv")
            frames.append(pd.read_csv(body, index_col="Timestamp", parse_dates=True).add_prefix(component + "\\"))
    table = pd.concat(frames, axis=1).ffill()
    rows = scaler.transform(table)
    parts = pca.transform(rows)
    t2 = (parts**2 / pca.explained_variance_).sum(axis=1)
    residual = (rows - pca.inverse_transform(parts)) ** 2
    ratio = np.maximum(t2 / limits[0], residual.sum(axis=1) / limits[1])
    shares = residual / residual.sum(axis=1, keepdims=True)
    lines = [
        json.dumps(
            {
                "timestamp": time.isoformat(),
                "prediction": int(worst > 1),
                "anomaly_score": float(worst / (1 + worst)),
                "diagnostics": [{"name": n, "value": v} for n, v in zip(table.columns, share.tolist(), strict=True)],
            }
        )
        for time, worst, share in zip(table.index, ratio, shares, strict=True)
    ]
    s3.put_object(Bucket=bucket, Key=f"plain/{stamp}/results.jsonl", Body="\n".join(lines).encode())
    print(1000 * (perf_counter() - begun), 1000 * (process_time() - cpu))
