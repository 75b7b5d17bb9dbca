"""What runs a policy on facts.

| module | holds |
|---|---|
| `ladder` | the ladder of every engine, and how those on single households walk it |
| `reference` | the reference engine: it defines the meaning |
| `code` | conditions compiled to functions of the facts, for the reference engine |
| `durable` | the durable engine, on durable_rules; its only importer |
| `columnar` | the columnar engine: a policy as expressions over columns of facts |
| `choice` | which engine decides, and what happens when two differ |
"""
