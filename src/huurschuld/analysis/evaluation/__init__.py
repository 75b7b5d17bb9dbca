"""The evaluation of a year: what the partners look at, each with a written definition."""
