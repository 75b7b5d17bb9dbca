"""The language of conditions.

| module | holds |
|---|---|
| `language` | conditions: a tree of frozen values |
| `notation` | conditions as text, and back |
| `tokens`, `pieces` | a text in pieces: words, numbers, signs, and the words that it may use |
| `slips` | what was meant otherwise: `word_slips`, `number_slips`, `sign_slips`, `amounts`, `names` |
| `other_words` | what people write for the names and words of a policy |
| `grammar` | what is joined, negated and compared with what |
| `reading` | what the names mean: from the grammar to a condition |
| `logic` | three-valued logic |
| `truth` | what a condition is for given facts, read off its tree: its meaning |
| `possible` | whether a condition can be true at all, or false |
| `branches` | a condition written out as the ways in which it is certainly true, or false |
"""
