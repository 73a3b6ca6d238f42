"""Tables, figures and the report: from seed-level results to what a person reads beside the paper's numbers."""
