"""Inside one job: arguments, whole outputs or none, the store, progress, and the server that forks jobs."""
