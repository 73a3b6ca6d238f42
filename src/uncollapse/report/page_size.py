"""The size of a page: what makes it too large to be sent and opened everywhere."""

import re

LARGEST = 5_000_000  # bytes
_NAMED = 3


def too_large(page: str) -> str:
    """Words on a page of more than 5 MB, its largest pictures and the way out; nothing for a smaller one."""
    size = len(page.encode())
    if size < LARGEST:
        return ""
    pictures = [(len(code), name) for name, code in re.findall(r'<image id="image-([^"]*)" href="([^"]*)"', page)]
    largest = ", ".join(f"{name} ({length / 1e6:.1f} MB)" for length, name in sorted(pictures)[::-1][:_NAMED])
    why = f"; its largest pictures are {largest}" if largest else ""
    return (
        f"the page has {size / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f}{why}. A figure is left out by "
        "`figures: {NAME: null}`, and `report: {experiments: [NAME]}` makes a page of some experiments alone"
    )
