"""Training on synthesized data without collapse: can it be done, and what must select or edit the data first?"""

__version__ = "0.1.0"
