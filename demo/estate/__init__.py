"""An estate like a company's: accounts, teams, domains, pipelines chained over both, buckets of every protection."""

from __future__ import annotations

ACCOUNT_ID = "123456789012"
STORES_ID = "210987654321"
RESEARCH_ID = "345678901234"
REGIONS = ("us-east-1", "eu-west-1", "ap-northeast-2", "us-west-2")
DENIED_REGION = "eu-central-1"  # enabled, but SageMaker says AccessDenied
DISABLED_REGION = "me-south-1"  # not enabled for the account
DENIED_BUCKET = "acme-legal-hold-us-east-1"
MISSING_BUCKET = "acme-warehouse-2019"  # definitions name it; it is gone

# Values that look like secrets, by where they are planted. They open nothing; none may be stored or shown anywhere.
PLANTED_SECRETS = (
    "fake-db-password-hunter2-churn",
    "fake-api-key-9f8e7d6c5b4a-uplift",
    "fake-token-ghp-000111222333-scrape",
    "fake-secret-access-key-wJalrXUtnFEMI-etl",
    "fake-bearer-eyJhbGciOiJub25lIn0-search",
    "fake-wandb-api-key-4242424242-vision",
)
