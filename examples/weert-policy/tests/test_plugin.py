"""The plugin is what huurschuld expects of one."""

from importlib.metadata import EntryPoint

from huurschuld import load_plugins

NAME = "weert-policy"


def test_it_is_loaded() -> None:
    """The host takes it as it is, with all that it provides."""
    point = EntryPoint(NAME, "weert_policy", "huurschuld")
    (status,) = load_plugins(allow=[NAME], installed=[point]).plugins
    assert status.reason == ""
    assert status.provides == ("policy weert-2017",)
    assert status.kits.keys() == {"policy weert-2017"}
