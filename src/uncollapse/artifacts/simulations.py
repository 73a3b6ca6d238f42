"""Tables of the simulations of the papers' theory."""

from uncollapse.artifacts.artifact import Artifact

SIMULATION_FILES = Artifact(path="theory/{simulation}.parquet", counts="simulate", shared=True)  # schemas are theory's
