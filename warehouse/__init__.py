"""The Python part of the warehouse: engines, ingestion, sample data, reports and docs."""
