"""The officers' desk: what to do today, the pipeline, the pairs to broker, and who has what in hand."""
