"""SageMaker's answers, where moto's are absent or unlike AWS's."""

from __future__ import annotations

from .response import DemoSageMakerResponse

__all__ = ["DemoSageMakerResponse"]
