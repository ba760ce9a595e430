"""Which column comes of which, from the files to the charts, and the page that shows it.

- `sql`: what a query says of its columns, by sqlglot.
- `tables`, `charts`: what there is, and what the project declares: files, seeds, dashboards.
- `graph`: all of it as one graph of columns, with its gaps.
- `state`: last results of the tests, moments of the last build, freshness.
- `page`: one file of HTML that needs nothing else.
"""
