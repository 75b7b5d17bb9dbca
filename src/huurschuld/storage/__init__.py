"""The database below the outbox and the store of cases: one schema, one log, SQLite or PostgreSQL.

A referral and its case have one key, so the chain of that key begins with the proposal.

| module | holds |
|---|---|
| `tables` | the tables, for SQLAlchemy |
| `migrating` | making them, and bringing older ones up, by the scripts in migrations |
| `connecting` | an SQLite file or a PostgreSQL; the errors of either as ours |
| `entries` | an entry of the log, and its link |
| `sealing` | what is about a person, under a key of that person's own |
| `chains` | the chain of each key, and the chain of all of them |
| `digests` | the digests of what is not in a chain |
| `checking` | checking the chains, and all beside them |
| `log` | verifying the log; its heads |
"""
