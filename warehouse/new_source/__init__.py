"""A new source system from its files: the tap's block, the source's YAML and staging models."""
