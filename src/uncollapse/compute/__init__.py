"""Where tensors live and how they are multiplied."""
