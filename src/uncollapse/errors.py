"""Errors a user can act on: their message names the file, the key and the fix, and is printed without a traceback."""


class UncollapseError(Exception):
    """Base of all errors that are the input's fault, not the program's."""


class ConfigError(UncollapseError):
    """A config that cannot be run."""


class ArtifactError(UncollapseError):
    """A file that is missing, damaged or of another shape than its kind declares."""


class DataError(UncollapseError):
    """Data that cannot serve the purpose it is given for, such as too few rows."""


class DivergedError(UncollapseError):
    """A training run whose loss is not finite."""
