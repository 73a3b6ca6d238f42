"""Candidates of anyone's table, one a row with a verifier's verdict, read as a stream into a few numbers each."""
