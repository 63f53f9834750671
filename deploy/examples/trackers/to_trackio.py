"""Logs a run's figures with trackio: pip install trackio."""

import sys

import trackio
from points import points

trackio.init(project="temper", name=sys.argv[1])
for update, values in points():
    trackio.log(values, step=update)
trackio.finish()
