"""What the runs of the road tell: a line of JSON for each step, whoever started it.

- `record`: writes the lines, into `logs/runs.jsonl` of the warehouse's folder.
- `nodes`, `loads`, `peak`: what a line says of dbt's nodes, of the load, and of memory.
- `outcomes`: what each test said last, in `logs/tests.json`.
- `history`: reads the lines; `warehouse history` prints the last runs.
"""
