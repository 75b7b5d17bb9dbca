"""Feedback (terugkoppeling) to a landlord, and his way to make facts of it.

The channels `feedback-drop`, which puts each message into a folder as a file, and `feedback-web`, which
posts it over HTTPS; and the enricher `feedback`, which reads such a folder at the landlord's side, so
that the next screening knows what the municipality told. What a message says is in
`huurschuld.model.feedback`: what a landlord may know, and nothing else.

| module | holds |
|---|---|
| `channels` | as a file, over HTTPS |
| `reading` | the messages in a folder, as facts of tenancies |
"""

from __future__ import annotations

from collections.abc import Mapping

from huurschuld.hooks import OpenEnricher, OpenFeedbackChannel, hookimpl
from huurschuld.plugins.feedback.channels import open_feedback_drop, open_feedback_web
from huurschuld.plugins.feedback.reading import facts_of, open_feedback, read_messages

__all__ = [
    "facts_of",
    "huurschuld_enrichers",
    "huurschuld_feedback_channels",
    "open_feedback",
    "open_feedback_drop",
    "open_feedback_web",
    "read_messages",
]

api_version = 1


@hookimpl
def huurschuld_feedback_channels() -> Mapping[str, OpenFeedbackChannel]:
    """Return the channels `feedback-drop`, which takes a `folder`, and `feedback-web`, with a `url`."""
    return {"feedback-drop": open_feedback_drop, "feedback-web": open_feedback_web}


@hookimpl
def huurschuld_enrichers() -> Mapping[str, OpenEnricher]:
    """Return the enricher `feedback`, which takes a `folder` and an `outbox`."""
    return {"feedback": open_feedback}
