"""`python -m demo.estate.load --endpoint http://127.0.0.1:5000`: fills a demo AWS with the estate."""

from __future__ import annotations

import argparse
import http.client
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config

from . import ACCOUNT_ID, DENIED_BUCKET, DENIED_REGION, PLANTED_SECRETS, REGIONS, STORES_ID
from .accounts import ACCOUNTS, MAIN, Account
from .buckets import BUCKETS, put_bucket
from .catalog import DOMAINS, Entry, Sign, entries
from .feature_groups import FEATURE_GROUPS, put_feature_group
from .history import runs_of

if TYPE_CHECKING:
    from mypy_boto3_sagemaker import SageMakerClient

# Pipelines whose definition was changed after their last run.
CHANGED = (("us-east-1", "fraud-train-daily"), ("eu-west-1", "pricing-elasticity-weekly"))
SECOND_EDITION = {
    "PipelineVersionDisplayName": "second-edition",
    "PipelineVersionDescription": f"Knows its owner; reviewed with --token {PLANTED_SECRETS[2]}",
}
# Endpoints that serve a package of the registry: (region, group, endpoint)
SERVED = (
    ("us-east-1", "churn-classifier", "churn-realtime"),
    ("us-east-1", "demand-forecast", "demand-forecast"),
    ("ap-northeast-2", "defect-detector", "defect-detector-line-4"),
    ("us-west-2", "search-ranker", "search-ranker-canary"),
)
DENIAL = "is not authorized to perform this action with an explicit deny in a service control policy"
# What the stores' role lacks of docs/iam-policy.json: for a preflight to find.
FORGOTTEN = "DescribeTransformJob"
OVERSIGHT = "is not authorized to perform this action because no identity-based policy allows it"


class Loader:
    """Puts one account's part through boto3, but for what AWS's interface has no call for: that goes to /demo-api/."""

    def __init__(self, endpoint_url: str, account: Account = MAIN) -> None:
        self._url = urlsplit(endpoint_url)
        self._account = account
        self._config = Config(retries={"mode": "standard", "total_max_attempts": 2})
        self._session = self._enter()
        self._now = datetime.now(UTC)
        self._domain_ids: dict[str, str] = {}
        self._sagemaker: dict[str, SageMakerClient] = {region: self._client("sagemaker", region) for region in REGIONS}

    def load(self) -> int:
        """The number of pipelines loaded."""
        self._load_buckets()
        self._load_domains()
        catalog = entries(self._account.account_id)
        for entry in catalog:
            self._create_pipeline(entry)
        self._ask("pipelines", [self._amendment(entry) for entry in catalog])
        self._ask("executions", [run for entry in catalog for run in self._runs_of(entry)])
        if self._account is MAIN:
            self._load_changes(catalog)
            self._load_feature_groups()
        return len(catalog)

    def set_limits(self) -> None:
        """What every account may do, once all is loaded."""
        self._ask("regions", dict.fromkeys((*REGIONS, DENIED_REGION), "ENABLED_BY_DEFAULT"))
        self._ask("trust", {account.role_arn: account.external_id for account in ACCOUNTS if account.role})
        denial = {"code": "AccessDeniedException", "service": "sagemaker"}
        self._ask("faults", denial | {"region": DENIED_REGION, "message": DENIAL})
        self._ask("faults", denial | {"account": STORES_ID, "action": FORGOTTEN, "message": OVERSIGHT})
        self._ask("faults", {"code": "AccessDenied", "service": "s3", "resource": f"/{DENIED_BUCKET}"})

    def _enter(self) -> Any:
        """The account's session: by its own key, or by its role."""
        session: Any = boto3.Session(self._account.access_key, "demo")
        if not self._account.role:
            return session
        sts = session.client("sts", region_name=REGIONS[0], endpoint_url=self._url.geturl(), config=self._config)
        asked = {"RoleArn": self._account.role_arn, "ExternalId": self._account.external_id}
        given = sts.assume_role(RoleSessionName="loader", **asked)["Credentials"]
        return boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    def _runs_of(self, entry: Entry) -> list[dict[str, Any]]:
        runs = runs_of(entry.region, entry.name, self._now)
        return [run | {"account": self._account.account_id} for run in runs]

    def _load_changes(self, catalog: list[Entry]) -> None:
        for entry in catalog:
            if (entry.region, entry.name) in CHANGED:
                self._change_definition(entry)
        for region, group, endpoint in SERVED:
            self._serve_package(region, group, endpoint)

    def _load_feature_groups(self) -> None:
        for group in FEATURE_GROUPS:
            put_feature_group(self._sagemaker[group.region], group)

    def _client(self, service: str, region: str) -> Any:
        return self._session.client(service, region_name=region, endpoint_url=self._url.geturl(), config=self._config)

    def _ask(self, path: str, document: Any) -> None:
        """Raises RuntimeError when the demo AWS refuses."""
        connection = http.client.HTTPConnection(self._url.hostname or "", self._url.port)
        try:
            connection.request("POST", f"/demo-api/{path}", json.dumps(document))
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != http.HTTPStatus.OK:
            raise RuntimeError(f"/demo-api/{path}: {response.status} {body.decode()}")

    def _load_buckets(self) -> None:
        clients = {region: self._client("s3", region) for region in REGIONS}
        for bucket in BUCKETS:
            if bucket.account == self._account.account_id:
                put_bucket(clients[bucket.region], bucket)

    def _load_domains(self) -> None:
        for domain in [domain for domain in DOMAINS if domain.account == self._account.account_id]:
            answer = self._sagemaker[domain.region].create_domain(
                DomainName=domain.name, AuthMode="IAM", DefaultUserSettings={}, SubnetIds=["subnet-1"], VpcId="vpc-1"
            )
            self._domain_ids[domain.key] = answer["DomainArn"].rpartition("/")[2]

    def _create_pipeline(self, entry: Entry) -> None:
        tags = entry.tags | self._domain_tag(entry)
        self._sagemaker[entry.region].create_pipeline(
            PipelineName=entry.name,
            PipelineDisplayName=entry.name,
            PipelineDescription=entry.description,
            PipelineDefinition=entry.definition,
            RoleArn=f"arn:aws:iam::{entry.account}:role/acme-{entry.team}-pipelines",
            ClientRequestToken=f"{entry.region}-{entry.name}".ljust(32, "-"),
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )

    def _domain_tag(self, entry: Entry) -> dict[str, str]:
        if entry.domain is None or entry.sign is Sign.CREATOR:
            return {}
        identifier = self._domain_ids[entry.domain]
        arn = f"arn:aws:sagemaker:{entry.region}:{entry.account}:domain/{identifier}"
        name = next(domain.name for domain in DOMAINS if domain.key == entry.domain)
        return {entry.sign.value: {Sign.ARN_TAG: arn, Sign.ID_TAG: identifier}.get(entry.sign, name)}

    def _amendment(self, entry: Entry) -> dict[str, Any]:
        age = timedelta(days=240 + sum(map(ord, entry.name)) % 400)
        amendment: dict[str, Any] = {
            "account": entry.account,
            "region": entry.region,
            "pipeline": entry.name,
            "created": (self._now - age).isoformat(),
            "modified": (self._now - age / 4 - timedelta(days=150)).isoformat(),
        }
        if entry.domain and entry.sign is Sign.CREATOR:
            amendment["created_by_domain"] = self._domain_ids[entry.domain]
        return amendment

    def _change_definition(self, entry: Entry) -> None:
        definition = json.loads(entry.definition)
        definition["Parameters"].append({"Name": "Owner", "Type": "String", "DefaultValue": entry.team})
        definition["Steps"][0]["DisplayName"] = f"{definition['Steps'][0]['Name']} (second edition)"
        client: Any = self._sagemaker[entry.region]  # the stubs know no aliases of versions
        made = client.update_pipeline(
            PipelineName=entry.name, PipelineDefinition=json.dumps(definition), PipelineVersionAliases=["candidate"]
        )
        version = {name: made[name] for name in ("PipelineArn", "PipelineVersionId")}
        client.update_pipeline_version(**version, **SECOND_EDITION)

    def _serve_package(self, region: str, group: str, endpoint: str) -> None:
        client = self._sagemaker[region]
        packages = client.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
        arn = packages[-1]["ModelPackageArn"]
        client.update_model_package(
            ModelPackageArn=arn, ModelApprovalStatus="Approved", ApprovalDescription="A/B test won"
        )
        role = f"arn:aws:iam::{ACCOUNT_ID}:role/acme-serving"
        client.create_model(
            ModelName=f"{endpoint}-model", PrimaryContainer={"ModelPackageName": arn}, ExecutionRoleArn=role
        )
        variant: Any = {"VariantName": "AllTraffic", "ModelName": f"{endpoint}-model", "InstanceType": "ml.m5.xlarge"}
        client.create_endpoint_config(
            EndpointConfigName=f"{endpoint}-config", ProductionVariants=[variant | {"InitialInstanceCount": 1}]
        )
        client.create_endpoint(EndpointName=endpoint, EndpointConfigName=f"{endpoint}-config")


def load(endpoint_url: str) -> int:
    """Fill the demo AWS at `endpoint_url`, which must be empty; the number of pipelines."""
    loaded = sum(Loader(endpoint_url, account).load() for account in ACCOUNTS)
    Loader(endpoint_url).set_limits()
    return loaded


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.estate.load", description=__doc__)
    parser.add_argument("--endpoint", required=True)
    began = time.monotonic()
    count = load(parser.parse_args(arguments).endpoint)
    sys.stdout.write(f"{count} pipelines of {len(ACCOUNTS)} accounts loaded in {time.monotonic() - began:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
