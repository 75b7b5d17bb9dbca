"""The values that everything else works with: a tenancy, a case file, a referral.

| module | holds |
|---|---|
| `values` | what a value may be: money, days, flags, texts, each with its range |
| `remedies` | what to do about a value that is refused, by what was given |
| `given` | what applications give: values of numpy and pandas, and the place of one that is refused |
| `refusals` | what is refused: each rule in one place, with its code, problem and remedy |
| `entries` | the entries of a ledger: claims, money that came, money that went back |
| `tenancy` | a tenancy and its parts, frozen, checking themselves |
| `casefile` | case files, and their JSON Schema |
| `json_parts` | JSON to and from the model, its schema, the canonical text of a tenancy |
| `json_writers` | that text, by one function for each class |
| `functions` | functions made of Python's syntax nodes |
| `strict_objects` | objects of JSON and TOML, read strictly |
| `json_text` | JSON: read strictly, written canonically |
| `toml_text` | TOML, read strictly |
| `toml_places` | where in a TOML file each value stands |
| `quotation_marks` | those of word processors, and the straight ones |
| `toml_slips`, `toml_value_slips` | what was meant where TOML is not well-formed, or is no text |
| `referral` | what a referral is made of: contact details, an amount, and nothing else |
| `feedback` | what a landlord may know of a case, and the message that brings it |
| `helpers` | a helper, and a directory of helpers |
| `clock` | the time: one clock for all that records or sends |
| `revealing` | what a value holds, shown on purpose |
| `files` | files and folders, written atomically |
| `sqlite_files` | SQLite files: durable first, for their owner alone |
| `unlogged` | what other libraries would log of an exchange or a database, kept out of every log |
"""
