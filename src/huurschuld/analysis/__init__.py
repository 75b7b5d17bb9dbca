"""Questions about the rules themselves: do they answer as they must?

| module | holds |
|---|---|
| `conformance` | runs cases with an expectation |
"""
