"""Time stamps (tijdstempel, RFC 3161) of the heads of a log: that they existed, says another party.

What is stamped is the text of the heads, one line for each case, so an authority gets its SHA-256 and
nothing else. A stamp counts only if it leads to a certificate that the user trusts. Asking for one is in
`huurschuld.plugins.time_stamping`; checking one needs no network.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Final

from attrs import frozen
from cryptography.x509 import (
    Certificate,
    load_der_x509_certificate,
    load_pem_x509_certificates,
)
from cryptography.x509.oid import NameOID
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    Verifier,
    VerifierBuilder,
    decode_timestamp_response,
)

from huurschuld.cases.errors import InvalidStamp
from huurschuld.errors import InvalidValue
from huurschuld.storage.checking import Head

LARGEST_STAMP: Final = 256 * 1024
"""The most bytes of a stamp: it has some certificates in it, and is far smaller."""


@frozen
class Stamp:
    """What a time stamp says.

    Attributes:
        at: when what was stamped existed, by the clock of the authority, in UTC.
        authority: the name in its certificate.
        serial: its number of the stamp, by which it can be asked about it.
    """

    at: dt.datetime
    authority: str
    serial: int


def stamped_text(kept: Iterable[Head]) -> bytes:
    """Return what is stamped: the heads, a line each. Its SHA-256 is their `digest`."""
    return "".join(f"{head}\n" for head in kept).encode()


def read_roots(pem: bytes, place: str) -> tuple[Certificate, ...]:
    """Read the certificates that a stamp has to lead to.

    Args:
        pem: one or more certificates, as an authority publishes them.
        place: the place for an error, such as the name of the file.

    Raises:
        InvalidValue: there is none in it.
    """
    try:
        return tuple(load_pem_x509_certificates(pem))
    except ValueError:
        pass
    raise InvalidValue(
        place, "certificates in PEM are expected", "get those of the authority from its website"
    )


def request_stamp(text: bytes) -> TimeStampRequest:
    """Return a request for a stamp: the SHA-256 of the text, and a random number that it must repeat."""
    return TimestampRequestBuilder(data=text, hash_algorithm=HashAlgorithm.SHA256).build()


def check_stamp(
    stamp: bytes,
    text: bytes,
    roots: Sequence[Certificate],
    *,
    place: str,
    request: TimeStampRequest | None = None,
) -> Stamp:
    """Check that a stamp is of this text, and of an authority that is trusted.

    A certificate has to be valid at the time of the stamp, not today.

    Args:
        stamp: the answer of the authority, in DER, as `openssl ts` reads and writes it.
        text: what was stamped.
        roots: the certificates that are trusted.
        place: the place for an error, such as the name of the file.
        request: what was asked, if this is the answer to it.

    Raises:
        InvalidStamp: it is not.
    """
    problem, remedy = "it is not a time stamp", "keep the answer of the authority as it is, in DER"
    with suppress(ValueError, VerificationError):
        found = decode_timestamp_response(stamp)
        if found.status != PKIStatus.GRANTED:
            problem, remedy = "the authority refused to stamp it", "ask the authority why"
        info = found.tst_info
        if info.message_imprint.message == hashlib.sha256(text).digest():
            problem = "it is not signed by an authority that is trusted here, or not as it was made"
            remedy = "check the certificates, and that nobody has changed the file"
            _verifier(roots, request).verify_message(found, text)
            return Stamp(info.gen_time, _signer(found), info.serial_number)
        problem, remedy = "it is of other heads", "give the heads that were stamped"
    raise InvalidStamp(place, problem, remedy)


def _verifier(roots: Iterable[Certificate], request: TimeStampRequest | None) -> Verifier:
    builder = VerifierBuilder() if request is None else VerifierBuilder.from_request(request)
    for root in dict.fromkeys(roots):
        builder = builder.add_root_certificate(root)
    return builder.build()


def _signer(found: TimeStampResponse) -> str:
    """Return the name of who signed, as its certificate has it."""
    (info,) = found.signed_data.signer_infos
    for der in found.signed_data.certificates:
        certificate = load_der_x509_certificate(der)
        if (certificate.issuer, certificate.serial_number) == (info.issuer, info.serial_number):
            names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
            return str(names[0].value) if names else certificate.subject.rfc4514_string()
    raise ValueError
