"""What a configuration means in files and jobs: names, paths, and the slice of config that each job depends on."""
