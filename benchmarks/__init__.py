"""Programs that time the warehouse, each beside something else, in scratch folders of their own.

They measure; none of them passes or fails. docs/benchmarks.md holds what they found, and how.
"""
