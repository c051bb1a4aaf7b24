"""The pages around the features: what this is, help, and the dashboard that says what to do next."""
