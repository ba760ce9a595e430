"""Topics of Kafka, whose messages become files, segment by segment."""
