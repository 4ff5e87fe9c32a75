"""The estate's pipelines as code of the SageMaker Python SDK, which only `demo.estate.generate` needs."""
