"""Certificates for the mail server, from an authority that lives as long as the run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import trustme


class Certificate(Enum):
    """What the mail server shows of itself."""

    good = "good"
    wrong_host = "wrong-host"
    """Of the trusted authority, for another host."""
    unknown = "unknown"
    """For this host, of an authority that nobody trusts."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files: the authority's certificate, and a certificate with its key of each kind."""

    authority: Path
    folder: Path

    def path(self, kind: Certificate) -> Path:
        """Return the file with key and certificate."""
        return self.folder / f"{kind.value}.pem"


def issue(folder: Path) -> Certificates:
    """Write the certificates into the folder."""
    trusted, stranger = trustme.CA(), trustme.CA()
    authority = folder / "authority.pem"
    trusted.cert_pem.write_to_path(authority)
    made = Certificates(authority, folder)
    issued = {
        Certificate.good: trusted.issue_cert("localhost", "127.0.0.1"),
        Certificate.wrong_host: trusted.issue_cert("elsewhere.example"),
        Certificate.unknown: stranger.issue_cert("localhost", "127.0.0.1"),
    }
    for kind, certificate in issued.items():
        certificate.private_key_and_cert_chain_pem.write_to_path(made.path(kind))
    return made
