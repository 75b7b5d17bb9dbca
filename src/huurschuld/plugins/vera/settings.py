"""The options of the plugin: addresses, credentials, retries, and what the source records."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import attrs
from attrs import field, frozen

from huurschuld.errors import InvalidValue, UnknownField, pointer
from huurschuld.model.tenancy import CHANNELS, OBJECTS
from huurschuld.model.values import RedactedRepr
from huurschuld.plugins.vera.codes import ANY_DETAIL, BOOKING_OUTCOMES, NO_DETAIL, own_codes

APIS: Final = ("overeenkomsten", "financien", "relaties", "vastgoed")
"""The domains of VERA that are read, each an API of its own."""

USUAL_RECORDS: Final = ("contacts", "plans", "disputes", "deaths")
RECORDS: Final = (*USUAL_RECORDS, "units")
"""What a source may record in addition to leases, rents and bookings."""

CONTACT_COLUMNS: Final = (
    "direction",
    "reached",
    "returned",
    "about_arrears",
    "reminder",
    "debt_help",
    "offers_sharing",
)
"""The columns of contacts that a source may record in addition to their day and channel."""
BY_KIND: Final = CONTACT_COLUMNS[1:]
"""The columns that follow from the kind of a contact."""

_COMBINATION: Final = re.compile(r"\S+ (\S+)")


def _refused(option: str, problem: str, remedy: str = "see docs/vera.md") -> InvalidValue:
    return InvalidValue(pointer(option), problem, remedy)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name, not an address
        return False


def address_of(option: str, value: object) -> str:
    """Check an address: `https`, or `http` on this machine; a slash at the end is removed."""
    try:
        split = urlsplit(value) if isinstance(value, str) else urlsplit("")
        host, _ = split.hostname or "", split.port
    except ValueError:  # it quotes the address
        split, host = urlsplit(""), ""
    if not host or not isinstance(value, str) or not value.isprintable() or " " in value:
        raise _refused(option, "an address such as https://vera.example.nl/v4 is expected")
    if split.username is not None or split.password is not None or split.query or split.fragment:
        raise _refused(option, "an address without user, query or fragment is expected")
    # A proxy that is addressed by http still carries an encrypted tunnel.
    plain = split.scheme == "http" and (option == "proxy" or _is_loopback(host))
    if split.scheme != "https" and not plain:
        raise _refused(option, "https is expected; http is only for this machine itself")
    return value.rstrip("/")


def _must(accepts: Callable[[Any], bool], expected: str) -> Callable[[object, Any, object], None]:
    """Make the validator of an option."""

    def check(_: object, attribute: Any, value: object) -> None:  # noqa: ANN401 - as attrs calls it
        if not accepts(value):
            raise _refused(attribute.name, f"{expected} is expected")

    return check


def _is_list(value: object, accepts: Callable[[Any], bool]) -> bool:
    return isinstance(value, Collection) and not isinstance(value, str) and all(map(accepts, value))


def _between(lowest: int, highest: int) -> Callable[[object, Any, object], None]:
    return _must(
        lambda value: type(value) is int and lowest <= value <= highest,
        f"a whole number from {lowest:,} to {highest:,}",
    )


def _one_of(*words: str) -> Callable[[object, Any, object], None]:
    return _must(lambda value: value in words, f"one of {', '.join(words)}")


def _some_of(*words: str) -> Callable[[object, Any, object], None]:
    return _must(lambda value: _is_list(value, words.__contains__), f"a list out of {', '.join(words)}")


def _maps_to(value: object, words: Collection[str]) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(code, str) and code and it in words for code, it in value.items()
    )


def _words_to(words: Collection[str]) -> Callable[[object, Any, object], None]:
    return _must(lambda value: _maps_to(value, words), f"a table from codes to {', '.join(words)}")


def _usual_records(known: Settings) -> tuple[str, ...]:
    """Return what is read unless it is said: units too, once the address of their API is given."""
    return (*USUAL_RECORDS, "units") if known.vastgoed else USUAL_RECORDS


_text = _must(lambda value: isinstance(value, str) and value.isprintable(), "a text of one line")
_combinations = _must(
    lambda value: _is_list(
        value, lambda it: isinstance(it, str) and _COMBINATION.fullmatch(it) is not None
    ),
    f"a kind and a detail, as in VOR PRO ({NO_DETAIL} is none, {ANY_DETAIL} any),",
)
_kinds = _must(
    lambda value: (
        isinstance(value, Mapping) and all(_is_list(it, BY_KIND.__contains__) for it in value.values())
    ),
    f"a table from codes to lists out of {', '.join(BY_KIND)}",
)


@frozen(repr=False, kw_only=True)
class Settings(RedactedRepr):
    """The options, checked. Their meaning is in docs/vera.md."""

    base: str = field(default="", validator=_text)
    overeenkomsten: str = field(default="", validator=_text)
    financien: str = field(default="", validator=_text)
    relaties: str = field(default="", validator=_text)
    vastgoed: str = field(default="", validator=_text)
    token_url: str = field(default="", validator=_text)
    client_id: str = field(default="", validator=_text)
    client_secret: str = field(default="", validator=_text)
    client_auth: str = field(default="basic", validator=_one_of("basic", "body"))
    scope: str = field(default="", validator=_text)
    api_key: str = field(default="", validator=_text)
    ca_file: str = field(default="", validator=_text)
    proxy: str = field(default="", validator=_text)
    sender: str = field(default="", validator=_text)
    administration: str = field(default="", validator=_text)
    page_size: int = field(default=100, validator=_between(1, 100))
    connect_seconds: int = field(default=10, validator=_between(1, 600))
    read_seconds: int = field(default=60, validator=_between(1, 600))
    deadline_seconds: int = field(default=7_200, validator=_between(1, 86_400))
    attempts: int = field(default=6, validator=_between(1, 20))
    first_wait_ms: int = field(default=500, validator=_between(1, 60_000))
    longest_wait_seconds: int = field(default=60, validator=_between(1, 3_600))
    records: tuple[str, ...] = field(
        default=attrs.Factory(_usual_records, takes_self=True), validator=_some_of(*RECORDS)
    )
    rents: str = field(default="price-components", validator=_one_of("price-components", "agreement"))
    gross_rent_per: str = field(default="refuse", validator=_one_of("refuse", "month", "interval"))
    objects: Mapping[str, str] = field(factory=dict, validator=_words_to(OBJECTS))
    bookings: Mapping[str, str] = field(
        factory=dict, validator=[_words_to(BOOKING_OUTCOMES), _combinations]
    )
    negative: tuple[str, ...] = field(default=(), validator=_combinations)
    provisional: str = field(default="refuse", validator=_one_of("refuse", "counted", "left-out"))
    open_items: str = field(default="refuse", validator=_one_of("refuse", "counted"))
    storno_costs_cents: int = field(default=4_000, validator=_between(0, 100_000))
    loose_bookings: str = field(default="refuse", validator=_one_of("refuse", "left-out"))
    contact_records: tuple[str, ...] = field(
        default=("direction",), validator=_some_of(*CONTACT_COLUMNS)
    )
    contact_kinds: Mapping[str, tuple[str, ...]] = field(factory=dict, validator=_kinds)
    channels: Mapping[str, str] = field(factory=dict, validator=_words_to(CHANNELS))
    codes: Mapping[str, Mapping[str, str]] = field(factory=dict)
    several_leases: str = field(default="all", validator=_one_of("all", "refuse"))

    def __attrs_post_init__(self) -> None:
        for name in ("base", "token_url", "proxy", *APIS):
            if value := getattr(self, name):
                address_of(name, value)
        for name in ("api_key", "sender", "administration"):
            if not getattr(self, name).isascii():  # they go into headers
                raise _refused(name, "a text of ASCII characters is expected")
        if len({bool(it) for it in (self.token_url, self.client_id, self.client_secret)}) > 1:
            raise _refused(
                "token_url", "token_url, client_id and client_secret go together: all or none"
            )
        by_kind = set(self.contact_records).intersection(BY_KIND)
        if by_kind and not self.contact_kinds:
            raise _refused("contact_kinds", "the codes behind what contact_records names are expected")

    @codes.validator
    def _check_codes(self, _: object, value: object) -> None:
        """Check that each list is one of VERA whose codes can be said here, and each word one of its."""
        known = own_codes()
        if not isinstance(value, Mapping) or not all(isinstance(it, str) for it in value):
            raise _refused("codes", "tables by the name of a list of VERA are expected")
        for name, given in value.items():
            if name not in known:
                raise UnknownField(
                    pointer("codes", name), "there is no such list", f"there are: {', '.join(known)}"
                )
            if not _maps_to(given, known[name]):
                words = ", ".join(known[name])
                raise InvalidValue(
                    pointer("codes", name),
                    f"a table from codes to {words} is expected",
                    "see docs/vera.md",
                )

    def address(self, api: str) -> str:
        """Return the address of an API."""
        given = getattr(self, api) or self.base
        if not given:
            raise _refused(api, "the address of this API is needed", f"give {api}, or base for all")
        return address_of(api, given)


def settings(options: Mapping[str, Any]) -> Settings:
    """Check the options as they come from a user: lists or tuples, tables."""
    known = attrs.fields_dict(Settings)
    for name in sorted(options):
        if name not in known:
            raise UnknownField(
                pointer(name), "there is no such option", f"there are: {', '.join(known)}"
            )
    given: dict[str, Any] = {
        name: tuple(it) if isinstance(it, list) else it for name, it in options.items()
    }
    return Settings(**given)
