"""The plugin is one that huurschuld can load."""

from importlib.metadata import EntryPoint

from huurschuld import load_plugins

NAME = "erp-ledger"


def test_it_is_loaded() -> None:
    """It is loaded, with everything that it provides."""
    point = EntryPoint(NAME, "erp_ledger", "huurschuld")
    (status,) = load_plugins(allow=[NAME], installed=[point]).plugins
    assert status.reason == ""
    assert status.provides == ("ledger huurboek",)
    assert status.kits.keys() == {"ledger huurboek"}
