"""The places where work is done: devices, threads, and what moves between them."""
