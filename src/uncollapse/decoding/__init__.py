"""The way from a trained model to candidate answers."""
