"""Where work is done: devices, threads, and what moves between them."""
