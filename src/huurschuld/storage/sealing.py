"""Each person's data under a key of its own: destroy the key, and the data is gone in every copy.

AES-256-GCM, with what stands in the clear beside it as associated data, so that a sealed text cannot be
moved to another entry. The chain of the log is over the sealed text, so it verifies with or without key.
"""

from __future__ import annotations

import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from huurschuld.storage.connecting import NotAsWritten

_NONCE: Final = 12
_BITS: Final = 256


class Unsealable(NotAsWritten):
    """A sealed text that this key does not open, or that is not as it was written."""


def new_key() -> bytes:
    """Return a new random key."""
    return AESGCM.generate_key(bit_length=_BITS)


def seal(key: bytes, text: bytes, beside: bytes) -> bytes:
    """Encrypt a text, bound to what stands beside it."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, text, beside)


def unseal(key: bytes, sealed: bytes, beside: bytes) -> bytes:
    """Decrypt a text.

    Raises:
        Unsealable: it is not as it was written, or belongs elsewhere.
    """
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], beside)
    except (InvalidTag, TypeError, ValueError):
        raise Unsealable("what is sealed of a person is not as it was written") from None
