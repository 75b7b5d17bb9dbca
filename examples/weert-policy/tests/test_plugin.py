"""The plugin is one that huurschuld can load."""

from importlib.metadata import EntryPoint

from huurschuld import load_plugins

NAME = "weert-policy"


def test_it_is_loaded() -> None:
    """It is loaded, with everything that it provides."""
    point = EntryPoint(NAME, "weert_policy", "huurschuld")
    (status,) = load_plugins(allow=[NAME], installed=[point]).plugins
    assert status.reason == ""
    assert status.provides == ("policy weert-2017",)
    assert status.kits.keys() == {"policy weert-2017"}
