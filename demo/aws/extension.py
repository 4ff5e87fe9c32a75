"""Puts the extension in the place of moto's answers."""

from __future__ import annotations

from moto.account import urls as account_urls
from moto.core.base_backend import BackendDict
from moto.core.model_instances import reset_model_data
from moto.sagemaker import urls as sagemaker_urls

from . import accounts, intercept, storage
from .regions import REGIONS, DemoAccountResponse
from .sagemaker import DemoSageMakerResponse
from .traffic import CALLS, FAULTS


def install() -> None:
    """To be called before the server is made or `mock_aws` entered; calling it again changes nothing."""
    sagemaker_urls.url_paths["{0}/$"] = DemoSageMakerResponse.dispatch
    account_urls.url_paths["{0}/listRegions$"] = DemoAccountResponse.dispatch
    accounts.install()
    storage.install()
    intercept.install()


def reset() -> None:
    """Forget every resource, fault, count, region setting and external ID."""
    FAULTS.clear()
    CALLS.clear()
    REGIONS.clear()
    accounts.TRUST.clear()
    BackendDict.reset()
    reset_model_data()
