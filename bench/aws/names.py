"""What stands in an answer's blanks, and back again: from a name or ARN to an index of the estate."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.aws.answers import Call
    from bench.aws.estate import Estate, Execution
    from bench.aws.templates import Values

STEP_SECONDS = 60


def pipeline_name(index: int) -> str:
    return f"team-{index % 50:02d}-model-{index:06d}"


def bucket_name(region: str, index: int) -> str:
    """Buckets, unlike pipelines, need a name of their own in each region."""
    return f"bench-ml-{region}-{index:03d}"


def domain_id(index: int) -> str:
    return f"d-bench{index:06d}"


def numbered(name: str) -> int:
    """The index at the end of a pipeline's name or ARN.

    >>> numbered("arn:aws:sagemaker:us-east-1:123456789012:pipeline/team-03-model-000053")
    53

    Raises LookupError for a name of another form.
    """
    number = name.rsplit("-", 1)[-1]
    if "-model-" not in name or not number.isdecimal():
        raise LookupError(name)
    return int(number)


def executed(estate: Estate, arn_or_id: str) -> Execution:
    """The execution of an ARN or id; raises LookupError where there is none."""
    found = arn_or_id.rsplit("/", 1)[-1]
    if len(found) != 12 or not found.isdecimal():
        raise LookupError(arn_or_id)
    return estate.execution(int(found[:6]), int(found[6:]))


class Names:
    """The values of the blanks, for each kind of thing."""

    def __init__(self, estate: Estate) -> None:
        self.estate = estate
        shape = estate.shape
        self.endpoints = min(shape.endpoints, shape.pipelines) if shape.executions else 0

    def of_domain(self, call: Call, index: int) -> Values:
        created = str(self.estate.epoch - 500 * 86_400)
        return {"account": call.account, "region": call.region, "domain": domain_id(index), "created": created}

    def of_pipeline(self, call: Call, index: int) -> Values:
        estate = self.estate
        shape = estate.shape
        latest = estate.latest(index)
        return {
            "account": call.account,
            "region": call.region,
            "name": pipeline_name(index),
            "bucket": bucket_name(call.region, index % shape.buckets),
            "data": bucket_name(call.region, (index + 1) % shape.buckets),
            "domain": domain_id(index % max(1, shape.domains)),
            "version": str(estate.version(index)),
            "created": str(estate.created(index)),
            "modified": str(estate.modified(index)),
            "executed": str(latest.start) if latest else "null",
        }

    def of_execution(self, call: Call, execution: Execution) -> Values:
        times = {
            f"t{position}": str(execution.start + STEP_SECONDS * position)
            for position in range(self.estate.shape.steps + 1)
        }
        return {
            **self.of_pipeline(call, execution.pipeline),
            **times,
            "id": execution.id,
            "package": str(execution.number + 1),
            "start": str(execution.start),
            "end": str(execution.end),
        }

    def of_endpoint(self, call: Call, index: int) -> Values:
        """Endpoint i serves the newest model of pipeline i; raises LookupError where there is none."""
        latest = self.estate.latest(index) if 0 <= index < self.endpoints else None
        if latest is None:
            raise LookupError(f"Endpoint {index}")
        return {**self.of_execution(call, latest), "endpoint": f"{pipeline_name(index)}-live"}
