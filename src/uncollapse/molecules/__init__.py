"""Small molecules with coordinates: read, judged, described, drawn; a diffusion model that writes them."""
