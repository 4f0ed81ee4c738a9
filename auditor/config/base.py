"""What the models of every section of the configuration stand on."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

SECRET_REFERENCE = re.compile(r"^(?:keyring|env|file|credentials):.+$", re.DOTALL)


class StrictModel(BaseModel):
    """Base of every settings model: frozen, and unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def is_reference(value: str) -> bool:
    """Whether ``value`` has the form of a reference to a secret."""
    return SECRET_REFERENCE.match(value) is not None


def _checked_reference(value: str) -> str:
    if not is_reference(value):
        raise ValueError(
            "a secret must not stand in this file; write a reference: keyring:NAME, env:NAME or file:PATH"
        )
    return value


SecretRef = Annotated[str, AfterValidator(_checked_reference)]
"""A reference to a secret, never the secret itself."""

EmailText = Annotated[str, Field(pattern=r"^[^@\s<>,;]+@[^@\s<>,;]+$", max_length=254)]
