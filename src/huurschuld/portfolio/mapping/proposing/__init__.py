"""Proposing a mapping: what files look like, and what is asked about them.

| module | holds |
|---|---|
| `vocabulary` | the words of exports, in `vocabulary.toml` |
| `looking` | encoding, separator, headings and rows of a file |
| `record_types` | a file with rows of several tables |
| `profiles` | what the cells of a column look like |
| `day_formats` | in which formats they are days |
| `personal` | which may be of a person |
| `matching` | which table a file may be, and which columns fit |
| `assigning` | which file gives which table |
| `layouts`, `notations` | how each file is written |
| `words` | what words mean |
| `signs`, `kinds`, `entries` | which way money goes, what entries are, and the rest of them |
| `lacking` | what is not read, and what the files do not have |
| `proposal` | the proposal |
| `writing` | the mapping as commented TOML |
"""
