"""Whole portfolios: from tables to tenancies, to an ordered worklist, to what has changed.

| module | holds |
|---|---|
| `extras` | importing libraries that come with an extra |
| `schema` | the tables and their columns, read off the model |
| `cells` | the strict reading of a table's cells |
| `rows` | a tenancy as rows of the tables |
| `csv_strict` | reading CSV strictly, and detecting files that are unambiguous |
| `pieces` | reading a file of text in pieces, with a limit on its lines |
| `csv_writing` | writing CSV in which no spreadsheet finds a formula |
| `files` | `CsvFile` and `ParquetFile`, which a ledger may give for tables |
| `mapping` | exports as they are, read by a mapping |
| `streams` | reading tables that come as Arrow streams |
| `unreadable` | which column of a table cannot be read, and what would make polars panic |
| `ledger_tables` | the tables of a ledger, ready to be opened, with the place of each row |
| `reading` | tables to tenancies, with the place of every error |
| `assumptions` | values assumed for columns that a source does not record |
| `result_rows` | one tenancy and its outcome, under the names shared by worklists, files and changes |
| `carrying` | columns of one's own, carried along beside the outcome |
| `selecting` | part of a worklist, and its groups |
| `decision_frames` | decisions as a dataframe, with the columns of a result of `screen` |
| `worklist` | whom to help first: many tenancies decided on, one by one |
| `screening` | the same by the columnar engine, from a ledger |
| `folder` | the tables in a folder, and the files there that are none |
| `failures` | what is wrong with a portfolio, as values and as rows |
| `checking` | `check`: all that is wrong at once, of tables, folders and ledgers |
| `checked_tables` | which tables were found without fault, kept in a file as keyed hashes |
| `setting_aside` | `set_aside`: the tables without the tenancies of bad rows |
| `quarantine` | bad rows that are set aside, each with its whole tenancy |
| `row_decisions` | the decision behind a row of a result, as far as it can be put together again |
| `changes`, `change_words` | what has changed between two results, and why |
| `comparing` | `changes` in Python: the same between frames, decisions, worklists and files |
| `policy_comparison` | one portfolio by two policies: who is treated otherwise, and why |
| `columnar` | `screen`: whole portfolios at once, on the caller's own dataframes |
| `kept` | `keep`: what was worked out is kept, and a later day goes on from it |
| `monitoring` | `watch`: each change of advice emitted once, a step at a time |
| `enriching` | a ledger with additions from other systems |
| `results` | results in files: written whole or not at all, and read again |
"""
