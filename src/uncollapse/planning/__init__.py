"""The meaning of a configuration in files and jobs: names, paths, and the slice of config that each job depends on."""
