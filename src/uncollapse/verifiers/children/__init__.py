"""Checks in child processes, which may crash, loop or take all memory without harm to the job."""
