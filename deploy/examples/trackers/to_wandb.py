"""Logs a run's figures with Weights & Biases: pip install wandb."""

import sys

import wandb
from points import points

with wandb.init(project="temper", name=sys.argv[1]) as run:
    for update, values in points():
        run.log(values | {"update": update})
