"""Logs a run's figures with MLflow: pip install mlflow (MLFLOW_TRACKING_URI=sqlite:///mlflow.db keeps them in a file)."""

import sys

import mlflow
from points import points

mlflow.set_experiment("temper")
with mlflow.start_run(run_name=sys.argv[1]):
    for update, values in points():
        mlflow.log_metrics(values, step=update)
