"""The simplest script that trains on files in S3 with pandas and scikit-learn: read, join, scale, PCA, two thresholds.

python training.py BUCKET MODEL.joblib      prints a line for reading and one for fitting: seconds, those of CPU,
                                            and the peak of memory in MiB
"""

import resource
import sys
from time import perf_counter, process_time

import boto3
import joblib
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

bucket, target = sys.argv[1:]
begun, cpu = perf_counter(), process_time()


def say() -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(perf_counter() - begun, process_time() - cpu, peak)


s3 = boto3.client("s3")
frames = []
for entry in s3.list_objects_v2(Bucket=bucket, Prefix="training/")["Contents"]:
    body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"]
    component = entry["Key"].split("/")[1]
    frames.append(pd.read_csv(body, index_col="Timestamp", parse_dates=True).add_prefix(component + "\\"))
table = pd.concat(frames, axis=1).resample("1min").mean().ffill()
say()
begun, cpu = perf_counter(), process_time()

scaler = StandardScaler().fit(table)
rows = scaler.transform(table)
pca = PCA(n_components=0.9).fit(rows)
parts = pca.transform(rows)
t2 = (parts**2 / pca.explained_variance_).sum(axis=1)
q = ((rows - pca.inverse_transform(parts)) ** 2).sum(axis=1)
limits = np.quantile(t2, 0.99), np.quantile(q, 0.99)
joblib.dump((scaler, pca, limits), target)
say()
