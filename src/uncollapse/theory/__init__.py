"""The theory of the papers, simulated and in closed form; `simulations.simulate` runs any part by name."""
