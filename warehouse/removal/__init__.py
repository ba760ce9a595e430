"""Takes a source system out for good: what the engines hold of it, and its declaration."""
