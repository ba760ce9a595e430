"""The schema `raw`: which files are in it, and how they get there."""
