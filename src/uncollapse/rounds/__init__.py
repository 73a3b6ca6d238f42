"""Self-improvement from easy to hard: questions by difficulty, filters of a model's own answers, schedules, noise."""
