"""Exports as they are: read into the tables of a portfolio by a mapping that a person confirmed.

| module | holds |
|---|---|
| `document`, `rules`, `notation` | the mapping, read and checked |
| `days`, `amounts` | how exports write these |
| `fields` | how one column is read from the texts of a row |
| `words` | what words mean |
| `sheets` | the rows of a file, or of a sheet |
| `rows` | these rows as values |
| `reversals` | reversals that name no payment |
| `checking` | what a mapping would refuse, all at once |
| `proposing` | a mapping proposed, from what files look like |
| `tables` | a table of a portfolio from its files |
| `unfit` | the sign that a cell does not fit |
"""
