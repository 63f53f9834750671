"""The figures of `starter metrics RUN` on standard input, as trackers take them."""

import json
import sys


def points():
    """Yields (updates of the run so far, {"section/name": value}) for each update and benchmark."""
    for line in sys.stdin:
        point = json.loads(line)
        if point["kind"] == "evaluation":
            section = "evaluation-" + point["name"]
        elif point["kind"] in ("sft", "update"):
            section = point["stage"]
        else:
            continue
        yield point["update"], {f"{section}/{name}": value for name, value in point["metrics"].items()}
