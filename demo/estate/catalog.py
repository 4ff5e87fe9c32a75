"""Which pipelines there are, what they are for, and how each belongs to a domain (if it does)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from . import ACCOUNT_ID, STORES_ID

DEFINITIONS = Path(__file__).parent / "definitions"


class Sign(Enum):
    """By what a pipeline can be told to belong to a domain."""

    ARN_TAG = "sagemaker:domain-arn"
    ID_TAG = "DomainId"
    NAME_TAG = "DomainName"
    CREATOR = "CreatedBy.DomainId"
    NONE = ""


@dataclass(frozen=True)
class Domain:
    key: str
    region: str
    name: str
    account: str = ACCOUNT_ID


@dataclass(frozen=True)
class Entry:
    name: str
    region: str
    team: str
    description: str
    domain: str | None
    sign: Sign
    definition: str
    account: str = ACCOUNT_ID

    @property
    def tags(self) -> dict[str, str]:
        return {"team": self.team, "cost-center": f"cc-{sum(map(ord, self.team)) % 900 + 100}"}


DOMAINS = (
    Domain("customers", "us-east-1", "customer-insights"),
    Domain("risk", "us-east-1", "risk-office"),
    Domain("pricing", "eu-west-1", "pricing-lab"),
    Domain("pricing-old", "eu-west-1", "pricing-lab"),  # two domains of one name
    Domain("vision", "ap-northeast-2", "vision-lab"),
    Domain("search", "us-west-2", "search-relevance"),
    Domain("stores", "us-east-1", "store-operations", STORES_ID),
)

# name: (team, description, key of the domain, sign); in every region where there is a definition of this name
DESCRIBED: dict[str, tuple[str, str, str | None, Sign]] = {
    "churn-features-daily": ("customers", "Features of customers at risk of leaving", "customers", Sign.ARN_TAG),
    "churn-train-weekly": ("customers", "Tunes, evaluates and registers the churn model", "customers", Sign.ARN_TAG),
    "churn-score-daily": ("customers", "Scores every customer and tells the CRM", "customers", Sign.ID_TAG),
    "churn-monitor-daily": (
        "customers",
        "Watches the data and the quality of churn scores",
        "customers",
        Sign.NAME_TAG,
    ),
    "customer-segments-monthly": ("customers", "Clusters customers into segments", "customers", Sign.CREATOR),
    "marketing-uplift-quarterly": (
        "customers",
        "Who is moved by a campaign; needs an approval",
        "customers",
        Sign.CREATOR,
    ),
    "forecast-demand-nightly": ("forecast", "Demand of every store for six weeks", None, Sign.NONE),
    "data-contract-checks": ("forecast", "Does the data keep its contracts", None, Sign.NONE),
    "kr-demand-forecast": ("forecast", "Demand of the stores in Korea", "vision", Sign.ID_TAG),
    "fraud-features-hourly": ("risk", "Features of card transactions", "risk", Sign.ARN_TAG),
    "fraud-train-daily": ("risk", "Trains the fraud detector", "risk", Sign.ARN_TAG),
    "fraud-deploy": ("risk", "Puts the fraud detector behind its endpoint", "risk", Sign.ID_TAG),
    "fraud-graph-embeddings": ("risk", "Embeddings of accounts from the graph of payments", "risk", Sign.NAME_TAG),
    "fraud-score-eu": ("risk", "Scores European payments with the model of us-east-1", None, Sign.NONE),
    "credit-risk-champion": ("risk", "Searches a challenger for the credit model", "risk", Sign.CREATOR),
    "credit-risk-bias-audit": ("risk", "Evidence for the yearly audit", "risk", Sign.CREATOR),
    "pricing-elasticity-weekly": ("pricing", "Elasticity of demand by product", "pricing", Sign.ARN_TAG),
    "pricing-markdown-optimizer": ("pricing", "Markdowns from elasticity and demand", "pricing", Sign.ID_TAG),
    "pricing-competitor-watch": ("pricing", "Prices of competitors", "pricing", Sign.NAME_TAG),  # ambiguous
    "pricing-deploy": ("pricing", "Puts the price model behind its endpoint", "pricing-old", Sign.CREATOR),
    "nlp-corpus-build": ("nlp", "The corpus of support tickets", None, Sign.NONE),
    "nlp-ticket-classifier": ("nlp", "Which team a ticket is for", None, Sign.NONE),
    "nlp-ticket-router-deploy": ("nlp", "Puts the ticket classifier behind its endpoint", None, Sign.NONE),
    "gdpr-erasure": ("nlp", "Erases people on request", None, Sign.NONE),
    "vision-label-import": ("vision", "Labels from the labelling firm", "vision", Sign.ARN_TAG),
    "vision-augmentation": ("vision", "Crops, rotates and blurs images", "vision", Sign.ARN_TAG),
    "vision-defect-train": ("vision", "Finds defects on the line", "vision", Sign.ID_TAG),
    "vision-defect-edge-deploy": (
        "vision",
        "Puts the detector behind an asynchronous endpoint",
        "vision",
        Sign.NAME_TAG,
    ),
    "vision-shelf-automl": ("vision", "Is the shelf empty", "vision", Sign.CREATOR),
    "vision-weekly-report": ("vision", "Notebooks of the weekly report", "vision", Sign.CREATOR),
    "search-ranking-features": ("search", "Features of queries and items", "search", Sign.ARN_TAG),
    "search-ranking-train": ("search", "Trains the ranker and records its lineage", "search", Sign.ARN_TAG),
    "search-ranking-deploy": ("search", "Puts the ranker behind its endpoint", "search", Sign.ID_TAG),
    "search-query-understanding": ("search", "Spelling of queries, as Python functions", "search", Sign.NAME_TAG),
    "search-eval-offline": ("search", "Replays traffic against the current ranker", "search", Sign.CREATOR),
    "recsys-two-tower-train": ("recsys", "Towers of users and items", "search", Sign.CREATOR),
    "recsys-batch-recommend": ("recsys", "Recommendations for every user", None, Sign.NONE),
    "lakehouse-compaction": ("platform", "Compacts small files", None, Sign.NONE),
    "legacy-nightly-etl": ("platform", "Nobody knows; reads a bucket that is gone", None, Sign.NONE),
    "stores-replenishment-daily": ("stores", "Orders of every store, from the demand forecast", "stores", Sign.ARN_TAG),
    "stores-offers-weekly": ("stores", "Offers for shoppers at risk, by the platform's model", "stores", Sign.CREATOR),
    "stores-card-fraud-deploy": (
        "stores",
        "Puts the platform's fraud detector behind the tills",
        "stores",
        Sign.ID_TAG,
    ),
    "stores-price-labels-hourly": ("stores", "Shelf labels from the platform's markdowns", None, Sign.NONE),
    "research-offer-response": ("research", "Who answers the stores' offers", None, Sign.NONE),
    "research-demand-foundation": ("research", "One model of demand for every country", None, Sign.NONE),
}


def entries(account: str = ACCOUNT_ID) -> list[Entry]:
    """Of one account, in the order of region and name. A copy outside its domain's region belongs to none."""
    found = []
    regions = {domain.key: domain.region for domain in DOMAINS}
    for path in sorted(definitions_of(account).glob("*/*.json")):
        region, name = path.parent.name, path.name.removesuffix(".json").removesuffix(".handwritten")
        team, description, domain, sign = DESCRIBED[name]
        if domain and regions[domain] != region:
            domain, sign = None, Sign.NONE
        found.append(Entry(name, region, team, description, domain, sign, path.read_text(), account))
    return found


def definitions_of(account: str) -> Path:
    """The folder of an account's regions."""
    return DEFINITIONS if account == ACCOUNT_ID else DEFINITIONS / account
