"""Fair dice: a whole kind of experiment in seven short files, as an example and for the tests."""
