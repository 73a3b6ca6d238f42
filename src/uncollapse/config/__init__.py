"""The typed configuration: what a run does, checked whole before any job starts."""
