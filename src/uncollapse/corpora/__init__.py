"""Real text: pinned packages of registries, local files and the hub, read, cleaned, deduplicated and counted."""
