"""The parts of every block of config, and modules found by the name that config gives them."""
