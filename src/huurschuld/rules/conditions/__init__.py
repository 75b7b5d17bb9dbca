"""The language of conditions.

| module | holds |
|---|---|
| `language` | conditions: a tree of frozen values |
| `notation` | conditions as text, and back |
| `logic` | three-valued logic |
| `branches` | a condition written out as the ways in which it is certainly true, or false |
"""
