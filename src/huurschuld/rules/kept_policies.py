"""A folder of policies, each in a file named by its hash, beside the receipts that refer to them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from huurschuld.errors import InputError, InvalidValue
from huurschuld.model.json_text import parse_json
from huurschuld.rules.document import canonical_policy, policy_hash
from huurschuld.rules.policy import Policy
from huurschuld.rules.policy_reading import read_policy

_SUFFIX: Final = ".json"


def files_of(folder: Path, policies: Iterable[Policy]) -> dict[Path, bytes]:
    """Return the files of policies, without those that are there: what a hash names never changes.

    Raises:
        InvalidValue: a file that is there does not hold the policy with that hash.
        OSError: it cannot be read.
    """
    files = {}
    for policy in policies:
        path = folder / f"{policy_hash(policy)}{_SUFFIX}"
        if path.exists():
            _read(path)
        else:
            files[path] = canonical_policy(policy).encode()
    return files


def policies_in(folder: Path) -> list[Policy]:
    """Read all policies of a folder.

    Raises:
        InvalidValue: a file does not hold the policy with the hash that it is named by.
        OSError: the folder, or a file in it, cannot be read.
    """
    return [_read(path) for path in sorted(folder.iterdir()) if path.suffix == _SUFFIX]


def _read(path: Path) -> Policy:
    problem = "this policy does not have the hash that its file is named by"
    try:
        policy = read_policy(parse_json(path.read_bytes()))
    except InputError as error:
        problem = f"this is not a policy: {error.problem}"
    else:
        if policy_hash(policy) == path.stem:
            return policy
    raise InvalidValue(path.name, problem, "restore the file")
