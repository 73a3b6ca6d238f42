"""Can a model be trained on synthesized data without collapsing, and what must select or edit the data first?"""

__version__ = "0.1.0"
