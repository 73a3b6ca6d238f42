"""Files of the chain: Parquet in and out, and one module for each kind of file."""
