"""The decision on one household, its receipt and its explanation.

| module | holds |
|---|---|
| `decision` | `decide`, `decide_many`, `replay` |
| `receipt` | what a decision was made with, and the keyed hash of it and of the tenancy |
| `receipt_files` | receipts in files, with their policies or with the hashes of these |
| `explaining` | from a decision to its reasons, in Dutch and English |
| `explanation` | what an explanation is |
| `change_reasons` | why one decision differs from another |
| `change_values`, `change_words` | what such a reason is, and what it is in words |
| `decisive` | for how many households one condition alone decides |
| `timeline`, `timeline_words` | what happened in a tenancy, with what was owed after each |
| `outlook` | when the advice changes if nothing else happens |
| `condition_words` | conditions and holds in words |
| `dutch` | Dutch for the English texts that a person reads, by the catalogue `locale/nl.po` |
| `days` | how days are written |
| `condition_tree` | a condition part by part, with the outcome of each |
| `main_reason` | the main reason in a few words, for a list |
| `words` | the words for things in both languages, and how amounts are written |
| `undecided` | the case file of a household on which engines differ, to report |
"""
