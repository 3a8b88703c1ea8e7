"""What a retraining has beyond a training: its dates, the data since, and the version it has to be better than."""
