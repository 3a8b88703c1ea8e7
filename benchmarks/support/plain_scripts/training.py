"""The simplest script that trains on files in S3 with pandas and scikit-learn: read, join, scale, PCA, two thresholds.

python training.py BUCKET MODEL.joblib [RATE]       prints seconds of reading and of fitting, and peak MiB
"""

import resource
import sys
from time import perf_counter

import boto3
import joblib
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler

bucket, target = sys.argv[1:]
begun = perf_counter()
s3 = boto3.client("s3")
frames = []
for entry in s3.list_objects_v2(Bucket=bucket, Prefix="training/")["Contents"]:
    body = s3.get_object(Bucket=bucket, Key=entry["Key"])["Body"]
    component = entry["Key"].split("/")[1]
    frames.append(pd.read_csv(body, index_col="Timestamp", parse_dates=True).add_prefix(component + "\\"))
table = pd.concat(frames, axis=1).resample("1min").mean().ffill()
read = perf_counter()

scaler = StandardScaler().fit(table)
rows = scaler.transform(table)
pca = PCA(n_components=0.9).fit(rows)
parts = pca.transform(rows)
t2 = (parts**2 / pca.explained_variance_).sum(axis=1)
q = ((rows - pca.inverse_transform(parts)) ** 2).sum(axis=1)
limits = np.quantile(t2, 0.99), np.quantile(q, 0.99)
joblib.dump((scaler, pca, limits), target)
fitted = perf_counter()
print(read - begun, fitted - read, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
