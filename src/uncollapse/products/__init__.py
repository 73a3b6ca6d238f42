"""Tables, figures and claims: modules found by name, called with the frames that their arguments name."""
