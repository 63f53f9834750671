"""Judges temper's rollouts by the function of reward.py: a Temporal worker on a task queue of its own.

    python adapter.py --task-queue rewards [--activity reward] [--data .temper]

Temporal and the store are those of TEMPORAL_ADDRESS, TEMPER_S3_ENDPOINT, … where these are
set, else those of the devstack on the data directory.
"""

import argparse
import asyncio
import contextlib
import hashlib
import json
import math
import os
import pathlib

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from reward import VERSION, reward

SCHEMA = 1


def verdict(problem, rollout):
    """What reward says of one rollout, as temper wants it."""
    fields = problem["fields"] | {"truncated": rollout["truncated"]}
    try:
        said = reward(problem["prompt"], rollout["response"], fields)
        said = said if isinstance(said, dict) else {"score": said}
        score = float(said["score"])
    except Exception as error:  # no verdict: temper asks again, and counts it at last
        return {"rollout": rollout["rollout"], "verdict": "ungradable", "reason": f"{type(error).__name__}: {error}"[:300]}
    if not math.isfinite(score):  # JSON has no such number
        raise ApplicationError(f"the reward of {problem['id']} is {score}; valid: any finite number", type="UserError", non_retryable=True)
    word = "correct" if said.get("correct", score >= 1) else "incorrect"
    return {"rollout": rollout["rollout"], "verdict": word, "score": score, "reason": str(said.get("reason", ""))[:300]}


async def beat(every=10.0):
    """Tells Temporal that this worker lives, however long one reward takes; timeout_seconds bounds the call."""
    while True:
        activity.heartbeat()
        await asyncio.sleep(every)


class Judge:
    """Holds where the store is, for requests that are too long for a call."""

    def __init__(self, store):
        self.store = store

    def stored(self, ref):
        """Reads a request from temper's store, with our own credentials."""
        import boto3  # only long requests need it

        endpoint = self.store["endpoint"]
        client = boto3.client("s3", endpoint_url=endpoint if "://" in endpoint else f"http://{endpoint}", region_name=self.store.get("region") or "us-east-1",
                              aws_access_key_id=self.store.get("access_key"), aws_secret_access_key=self.store.get("secret_key"))
        data = client.get_object(Bucket=self.store["bucket"], Key=ref["key"])["Body"].read()
        if hashlib.sha256(data).hexdigest() != ref["sha256"]:
            raise RuntimeError(f"{ref['key']} is damaged")
        return json.loads(data)

    async def judge(self, call: dict) -> dict:
        """One call: a verdict per rollout, in the order of the request."""
        if call["schema"] != SCHEMA:
            raise ApplicationError(f"the call is of schema {call['schema']}, and this adapter knows {SCHEMA}", non_retryable=True)
        beating = asyncio.create_task(beat())
        try:
            request = call.get("request") or await asyncio.to_thread(self.stored, call["stored"])
            verdicts = await asyncio.gather(
                *(asyncio.to_thread(verdict, request["problems"][r["problem"]], r) for r in request["rollouts"]))
        finally:
            beating.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await beating
        return {"version": VERSION, "verdicts": verdicts}


def places(data):
    """Where Temporal and the store are: from the environment, else from the devstack."""
    found = {} if {"TEMPORAL_ADDRESS", "TEMPER_S3_ENDPOINT"} <= os.environ.keys() else json.loads(pathlib.Path(data, "devstack.json").read_text())
    store = found.get("s3", {})
    if endpoint := os.environ.get("TEMPER_S3_ENDPOINT"):  # the credentials are then found by boto3 itself
        store = {"endpoint": endpoint, "bucket": os.environ["TEMPER_S3_BUCKET"], "region": os.environ.get("AWS_REGION")}
    return os.environ.get("TEMPORAL_ADDRESS") or found["temporal"], os.environ.get("TEMPORAL_NAMESPACE") or found.get("namespace", "default"), store


async def main():
    flags = argparse.ArgumentParser(description="Judges temper's rollouts by the function of reward.py.")
    flags.add_argument("--task-queue", required=True)
    flags.add_argument("--activity", default="reward")
    flags.add_argument("--data", default=".temper")
    args = flags.parse_args()
    address, namespace, store = places(args.data)
    client = await Client.connect(address, namespace=namespace)
    judge = activity.defn(name=args.activity)(Judge.judge)
    worker = Worker(client, task_queue=args.task_queue, activities=[judge.__get__(Judge(store))])
    print(f"judging on task queue {args.task_queue}, version {VERSION}", flush=True)
    await worker.run()


if __name__ == "__main__":
    asyncio.run(main())
