"""The values that everything else works with: a tenancy, a case file, a referral.

| module | holds |
|---|---|
| `values` | what a value may be: money, days, flags, texts, each with its range |
| `refusals` | what is refused: each rule once, with its code, problem and remedy |
| `tenancy` | a tenancy and its parts, frozen, checking themselves |
| `casefile` | case files: JSON to and from the model, the JSON Schema, the canonical text |
| `json_text` | JSON: strict when read, one text for one value when written |
| `referral` | what a referral is made of: contact details, an amount, and nothing else |
| `helpers` | a helper, and a directory of helpers |
| `files` | files and folders that are written whole or not at all |
"""
