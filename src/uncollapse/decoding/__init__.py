"""From a trained model to candidate answers."""
