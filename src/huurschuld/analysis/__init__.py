"""Checks of the rules themselves: do they give the answers that they must?

| module | holds |
|---|---|
| `conformance` | runs cases with an expectation |
| `evaluation` | the figures of a year, and what they show |
"""
