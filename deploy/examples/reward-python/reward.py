"""The reward: one function of prompt, response and fields. Replace it by your own."""

import re

# Changes when a verdict may change. The recipe's reward.version has to be the same.
VERSION = "1"


def reward(prompt, response, fields):
    """The score of one response, any finite number; higher is better.

    prompt    the whole text that the policy continued
    response  what it wrote, without the token that ended it
    fields    all other fields of the row of the dataset, and "truncated": the response budget cut it

    A plain number counts as correct in benchmarks from 1 on. A dict says it itself:
    {"score": 0.7, "correct": True, "reason": "in a few words"}. An exception makes the
    response ungradable: it is asked again, and never learned from.

    Here: 1 for the right number in the box, less a little for every word before it.
    """
    if fields["truncated"]:
        return {"score": -0.5, "correct": False, "reason": "cut"}
    box = re.search(r"\\boxed\{([^}]*)\}", response.rpartition("</think>")[2])
    right = box is not None and box.group(1).strip() == str(fields["answer"])
    return {"score": right - 0.001 * len(response), "correct": right, "reason": "boxed" if box else "no box"}
