"""SVG files of matplotlib in half of their size, and nothing that an eye could tell.

Positions go to the hundredth of a point, a sixtieth of a pixel where the page is widest. Paths are told by steps from
point to point, a step being the difference of two rounded places, so that nothing adds up; what all members of a group
have is said once; metadata, comments, unused names and indentation go.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from xml.etree import ElementTree

_DIGITS = 2  # of a position in points
_INHERITED = {  # what a group may say for its members; the opacity of a group is another thing
    *("fill", "fill-opacity", "fill-rule", "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap"),
    *("stroke-linejoin", "stroke-miterlimit", "stroke-opacity", "stroke-width"),
}
_KEPT = "text_"  # names of groups that checks look for: each is a text
_NUMBER = re.compile(r"-?\d*\.?\d+(?:e[-+]?\d+)?")
_REFERENCE = re.compile(r"(^|url\()#([\w.-]+)")  # the whole of a link's address, or within another attribute
_COLOUR = re.compile(r"#(\w)\1(\w)\2(\w)\3\b")


def compact(svg: bytes) -> str:
    """The drawing without an XML head, in one line, with single quotes around attributes.

    >>> compact(b'<svg xmlns="http://www.w3.org/2000/svg"><g id="line"><path d="M 1.2345 2 L 1.2345 9 z"/></g></svg>')
    "<svg xmlns='http://www.w3.org/2000/svg'><path d='M1.23 2v7z'/></svg>"
    """
    root = ElementTree.fromstring(svg)
    named = {name: f"i{place}" for place, name in enumerate(dict.fromkeys(_references(root)))}
    for element in list(root.iter()):
        for child in list(element):
            if _local(child.tag) == "metadata":
                element.remove(child)
        element.tag = _local(element.tag)
        said = {_local(key): value for key, value in element.attrib.items()}
        element.attrib = {
            key: _attribute(key, value, named) for key, value in said.items() if _counts(key, value, named)
        }
    for element in list(root.iter("g")):
        _say_once(element)
    _dissolve(root)
    root.set("xmlns", "http://www.w3.org/2000/svg")
    return _written(root)


def _references(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter():
        for value in element.attrib.values():
            yield from (name for _, name in _REFERENCE.findall(value))


def _counts(key: str, value: str, named: dict[str, str]) -> bool:
    if key == "id":
        return value in named or value.startswith(_KEPT)
    return key not in ("type", "version") and not key.startswith("data-")


def _attribute(key: str, value: str, named: dict[str, str]) -> str:
    if key == "id":
        return named.get(value, value)
    if key == "d":
        return path(value)
    if key in ("x", "y", "width", "height") and _NUMBER.fullmatch(value):
        return _number(_rounded(value))
    if key == "transform":  # scales are factors, not places
        return re.sub(r"translate\([^)]*\)", lambda found: _NUMBER.sub(_rounding, found[0]), value)
    if key == "style":
        value = _COLOUR.sub(r"#\1\2\3", re.sub(r"\s*([:;])\s*", r"\1", value))
    if key == "href":
        value = re.sub(r"\s", "", value)  # of an image's bytes
    return _REFERENCE.sub(lambda found: f"{found[1]}#{named[found[2]]}", value)


def _say_once(group: ElementTree.Element) -> None:
    """Move what all members of a group say alike to the group."""
    members = list(group)
    if len(members) < 2 or any(member.tag not in ("use", "path") for member in members):
        return
    for key in ("style", "clip-path"):
        values = {member.get(key) for member in members}
        (value,) = values if len(values) == 1 else (None,)
        if value is None or group.get(key) is not None:
            continue
        parts = value.split(";")
        own = [part for part in parts if key == "style" and part.partition(":")[0] not in _INHERITED]
        if len(own) < len(parts):
            group.set(key, ";".join(part for part in parts if part not in own))
            for member in members:
                member.attrib.pop(key)
                if own:
                    member.set(key, ";".join(own))


def _dissolve(element: ElementTree.Element) -> None:
    """Put the members of groups that say nothing into their place."""
    for child in list(element):
        _dissolve(child)
    members: list[ElementTree.Element] = []
    for child in element:
        members += list(child) if child.tag == "g" and not child.attrib else [child]
    element[:] = members


def path(data: str) -> str:
    """Path data in steps; commands M, L, H, V, Q, C and Z with absolute places, as matplotlib writes them.

    >>> path("M 0 0 L 10.004 0 L 10.004 5 Q 1 1 2 2 z")
    'M0 0h10v5q-9-4-8-3z'
    """
    written, last = [], ""
    here = start = (Decimal(0), Decimal(0))
    for command, *numbers in _commands(data):
        if command in "zZ":
            written.append("z")
            here, last = start, "z"
            continue
        if command not in "MLHVQC":
            return " ".join(data.split())  # of another program
        places = [_rounded(number) for number in numbers]
        if command in "HV":
            places, command = ([places[0], here[1]] if command == "H" else [here[0], places[0]]), "L"
        size = {"M": 2, "L": 2, "Q": 4, "C": 6}[command]
        for begin in range(0, len(places), size):
            part = places[begin : begin + size]
            steps = [place - here[axis % 2] for axis, place in enumerate(part)]
            if command == "M" and not begin:
                letter, last, steps = "M", "", part
                start = (part[0], part[1])
            elif command in "ML":
                letter, steps = _line(*steps)
            else:
                letter = command.lower()
            here = (part[-2], part[-1])
            text = _joined(steps)
            if letter != last:
                text = letter + text
            elif not text.startswith("-"):
                text = " " + text
            written.append(text)
            last = letter
    return "".join(written)


def _line(x: Decimal, y: Decimal) -> tuple[str, list[Decimal]]:
    if y == 0:
        return "h", [x]
    return ("v", [y]) if x == 0 else ("l", [x, y])


def _commands(data: str) -> Iterator[list[str]]:
    for found in re.finditer(r"([A-Za-z])([^A-Za-df-z]*)", data):
        yield [found[1], *_NUMBER.findall(found[2])]


def _rounded(number: str) -> Decimal:
    return round(Decimal(number), _DIGITS)


def _rounding(number: re.Match[str]) -> str:
    return _number(_rounded(number[0]))


def _number(value: Decimal) -> str:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return re.sub(r"^(-?)0\.", r"\1.", "0" if text in ("-0", "") else text)


def _joined(values: list[Decimal]) -> str:
    """Numbers with no more between them than tells them apart."""
    text = ""
    for number in map(_number, values):
        text += number if not text or number[0] == "-" else " " + number
    return text


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _written(element: ElementTree.Element) -> str:
    attributes = "".join(f" {key}='{_escaped(value)}'" for key, value in element.attrib.items())
    text = _escaped((element.text or "").strip())
    inside = text + "".join(map(_written, element))
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>" if inside else f"<{element.tag}{attributes}/>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;")
