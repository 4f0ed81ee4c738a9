"""TLS as a client: 1.2 or newer, the certificate and the host's name in it always checked."""

from __future__ import annotations

import ssl
from pathlib import Path

from auditor.errors import DeliveryError


def client_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return the context; ``ca_file`` adds a certificate authority, PEM.

    Raises:
        DeliveryError: the authority cannot be read.

    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError):
            raise DeliveryError(
                f"{ca_file} is no readable certificate authority.",
                temporary=False,
                remedy="Point ca_file to a PEM file, or leave it out.",
            ) from None
    return context
