"""What every block of config is made of, and modules found by the name that config gives them."""
