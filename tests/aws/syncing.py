"""Steps and syncs in the words of the domain, for the tests that crawl the demo AWS."""

from __future__ import annotations

from inventory import sync
from inventory.models import Account, Region, Sync
from inventory.sync.scope import Scope

REGION = "us-east-1"
ACCOUNT_ID = "123456789012"
ACCESS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


def training(name="Train", **more):
    arguments = {
        "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
        "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": "s3://lake/raw"}}}],
        "OutputDataConfig": {"S3OutputPath": "s3://lake/models"},
    }
    return {"Name": name, "Type": "Training", "Arguments": arguments, **more}


def evaluation(name="Evaluate"):
    outputs = [{"OutputName": "evaluation", "S3Output": {"S3Uri": "s3://reports/churn"}}]
    arguments = {
        "ProcessingInputs": [{"InputName": "in", "S3Input": {"S3Uri": "s3://lake/raw", "LocalPath": "/in"}}],
        "ProcessingOutputConfig": {"Outputs": outputs},
        "AppSpecification": {"ImageUri": "image"},
    }
    files = [{"PropertyFileName": "Report", "OutputName": "evaluation", "FilePath": "evaluation.json"}]
    return {"Name": name, "Type": "Processing", "Arguments": arguments, "PropertyFiles": files}


def known_region(name=REGION):
    account, _ = Account.objects.get_or_create(account_id=ACCOUNT_ID)
    return Region.objects.get_or_create(account=account, name=name)[0]


def run(scope=None, trigger=Sync.Trigger.COMMAND):
    requested, _ = sync.request(scope or Scope(), trigger=trigger)
    parts = sync.plan(requested.pk)
    while parts:
        sync.execute(parts.pop(0).pk, parts.extend)
    requested.refresh_from_db()
    return requested
