"""Fair dice: a whole kind of experiment in six short files, as an example and for the tests."""
