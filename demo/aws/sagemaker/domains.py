"""Studio domains, of which two may share a name."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.sagemaker.responses import SageMakerResponse
from moto.sagemaker.utils import arn_formatter

from demo.aws.paging import page
from demo.aws.stable_id import stable_id


class DomainOperations(SageMakerResponse):
    """CreateDomain and ListDomains."""

    def create_domain(self) -> ActionResult:
        super().create_domain()
        backend = self.sagemaker_backend
        domain = backend.domains.pop(f"d-{self._get_param('DomainName')}")
        origin = (backend.account_id, backend.region_name, domain.domain_name, len(backend.domains))
        domain.id = f"d-{stable_id(12, *origin)}"
        domain.arn = arn_formatter("domain", domain.id, backend.account_id, backend.region_name)
        domain.url = f"https://{domain.id}.studio.{backend.region_name}.sagemaker.aws"
        backend.domains[domain.id] = domain
        return ActionResult({"DomainArn": domain.arn, "DomainId": domain.id, "Url": domain.url})

    def list_domains(self) -> ActionResult:
        domains = list(self.sagemaker_backend.domains.values())
        found, token = page(domains, self._get_param("NextToken"), self._get_param("MaxResults"))
        return ActionResult({"Domains": [domain.summary() for domain in found], "NextToken": token})
