"""Expressions of a pipeline definition: Get, Std:Join, Std:JsonGet, and the references to steps inside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any, NamedTuple

from .model import Path, mapping, sequence

GET, JOIN, JSON_GET = "Get", "Std:Join", "Std:JsonGet"
MISSING = object()
LONGEST_REFERENCE = 4096  # a reference longer than this is not searched for a dotted step name
MOST_PIECES = 4096  # an expression that expands to more pieces than this is hostile, and stays a template
LONGEST_INTEGER = 4096  # bits
MOST_HOPS = 64  # references that lead to references

_SHAPES: dict[str, type] = {GET: str, JOIN: dict, JSON_GET: dict}
_BOUNDARY = re.compile(r"[.\[]")
_TOKEN = re.compile(r"\['(.*?)'\]|\[\"(.*?)\"\]|\[(\d{1,9})\]|([^.\[]+)")
_SCHEME = ("s3:/", "S3:/")
CONTAINERS = (dict, list, tuple)
_NAME_KEYS = ("OutputName", "InputName", "ChannelName", "Name", "PropertyFileName", "DefinitionName")

Link = Any  # None at the root, else (link, key)
Lookup = Callable[[str], Any]
Read = Callable[[str, str], Any]


class Leaf(NamedTuple):
    """A value found in a step: a reference (`via` is set), or an S3 location outside of any expression.

    `root` is where the outermost expression stands that the reference is in.
    """

    value: Any
    via: str | None
    path: Path
    root: Path


class _Outer(NamedTuple):
    """The expression around a value: how it refers, and where the outermost one stands."""

    via: str
    root: Path


def operator(value: object) -> str | None:
    """Which expression the value is: a dict with exactly one of the three keys.

    >>> operator({"Get": "Steps.Prep.Outcome"}), operator({"Get": 1}), operator("Get")
    ('Get', None, None)
    """
    if not isinstance(value, dict) or len(value) != 1:
        return None
    [(key, operand)] = value.items()
    shape = _SHAPES.get(key)
    return key if shape is not None and isinstance(operand, shape) else None


def split_reference(reference: str, names: Collection[str]) -> tuple[str, str] | None:
    """Step name and path of `Steps.<name>.<path>`, the name being the longest that the definition knows.

    >>> split_reference("Steps.Train.2.Outcome", {"Train", "Train.2"})
    ('Train.2', 'Outcome')
    >>> split_reference("Parameters.Steps.X", {"X"}) is None
    True
    """
    if not reference.startswith("Steps."):
        return None
    rest = reference[6:]
    cuts = [match.start() for match in _BOUNDARY.finditer(rest[:LONGEST_REFERENCE])]
    for cut in (len(rest), *reversed(cuts)):
        if rest[:cut] in names:
            return rest[:cut], rest[cut:].removeprefix(".")
    name, _, path = rest.partition(".")
    return (name, path) if name else None


def follow(value: object, path: str) -> Any:
    """The value at a property path of a Describe response, or MISSING.

    >>> follow({"Outputs": [{"OutputName": "train", "S3Uri": "s3://b"}]}, "Outputs['train'].S3Uri")
    's3://b'
    """
    for named, quoted, index, key in _TOKEN.findall(path):
        value = _at(value, int(index)) if index else _member(value, named or quoted or key)
        if value is MISSING:
            break
    return value


def _at(value: object, index: int) -> Any:
    items = sequence(value)
    return items[index] if index < len(items) else MISSING


def _member(value: object, key: str) -> Any:
    if isinstance(value, (list, tuple)):
        return next((item for item in value if key in map(mapping(item).get, _NAME_KEYS)), MISSING)
    return mapping(value).get(key, MISSING)


def same_place(definition: object, job: object, path: Path) -> Any:
    """The value in a job's description that stands where `path` leads in the definition, or MISSING.

    Items of lists are matched by the name the definition gives them: AWS does not promise their order.
    """
    for key in path:
        if isinstance(key, int):
            item = _at(definition, key)
            name = next((name for name in map(mapping(item).get, _NAME_KEYS) if isinstance(name, str)), None)
            definition, job = item, _at(job, key) if name is None else _member(sequence(job), name)
        else:
            definition, job = mapping(definition).get(key), mapping(job).get(key, MISSING)
        if job is MISSING:
            break
    return job


def leaves(root: object, skipped: Collection[int] = ()) -> Iterator[Leaf]:
    """Every reference and every S3 location below `root`, without recursion; lists in `skipped`, by id, are left out.

    A Std:Join that makes up a location is given as a whole, and the references in it as well.
    """
    stack: list[tuple[Any, Link, _Outer | None]] = [(root, None, None)]
    while stack:
        value, link, outer = stack.pop()
        found = operator(value) if len(value) == 1 else None
        if found is None:
            if isinstance(value, str):
                yield Leaf(value, None, path := unlink(link), path)
            elif id(value) not in skipped:
                stack.extend(_searched(value, link, outer))
            continue
        path = unlink(link)
        if found == GET:
            yield Leaf(value[GET], outer.via if outer else "ref:Get", path, outer.root if outer else path)
            continue
        if outer is None and starts_as_s3(value):
            yield Leaf(value, None, path, path)
        stack.append((value[found], link, _inside(found, outer, path)))


def _searched(value: Any, link: Link, outer: _Outer | None) -> list[tuple[Any, Link, _Outer | None]]:
    """What in an object or a list may hold leaves or, outside of expressions, is a location."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return [
        (item, (link, key), outer)
        for key, item in pairs
        if (outer is None and item.startswith(_SCHEME) if isinstance(item, str) else isinstance(item, CONTAINERS))
    ]


def _inside(found: str, outer: _Outer | None, path: Path) -> _Outer:
    is_read = found == JSON_GET or (outer is not None and outer.via == "ref:JsonGet")
    return _Outer("ref:JsonGet" if is_read else "ref:Join", outer.root if outer else path)


def unlink(link: Link) -> Path:
    """The keys from the root to here; a link knows its key and the link above it, so that depth costs nothing."""
    keys = []
    while link is not None:
        link, key = link
        keys.append(key)
    return tuple(reversed(keys))


def path_text(path: Path) -> str:
    """A path as text.

    >>> path_text(("Arguments", "InputDataConfig", 0, "ChannelName"))
    'Arguments.InputDataConfig[0].ChannelName'
    """
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path).removeprefix(".")


def starts_as_s3(value: object) -> bool:
    """Whether a literal or a Std:Join begins with the scheme of an S3 location."""
    while isinstance(value, dict) and operator(value) == JOIN:
        value = next(iter(sequence(value[JOIN].get("Values"))), None)
    return isinstance(value, str) and value.startswith(_SCHEME)


def expand(value: object, lookup: Lookup, read: Read) -> tuple[str, bool]:
    """An expression as text, and whether all of it is known. Unknown parts are `${...}`.

    `lookup` gives the value of a Get, `read` that of a JsonGet (its source and path); either may give MISSING.
    Without recursion; a reference that leads back to itself, or an expression that explodes, stays a template.
    """
    if isinstance(value, str):
        return value, True
    pieces: list[str] = []
    resolved = True
    stack: list[tuple[Any, tuple[str, ...]]] = [(value, ())]
    while stack:
        item, hops = stack.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        found = operator(item)
        if found == JOIN:
            stack.extend([(part, hops) for part in _joined(item[JOIN])[::-1]])
            if len(pieces) + len(stack) > MOST_PIECES + 1:
                return "".join(pieces) + "${...}", False
            continue
        source, known = (_scalar(item), item) if found is None else _evaluate(found, item, lookup, read, hops)
        if known is MISSING or source is None:
            pieces.append(f"${{{source or '...'}}}")
            resolved = False
        elif found is None:
            pieces.append(source)
        else:
            stack.append((known, (*hops, source)))
    return "".join(pieces), resolved


def _evaluate(found: str, item: dict[str, Any], lookup: Lookup, read: Read, hops: tuple[str, ...]) -> tuple[str, Any]:
    if found == GET:
        source = item[GET]
        known = MISSING if source in hops or len(hops) >= MOST_HOPS else lookup(source)
    else:
        of, path = json_get(item)
        source = f"{of}.{path}"
        known = read(of, path)
    return source, MISSING if _is_structure(known) else known


def json_get(item: dict[str, Any]) -> tuple[str, str]:
    """What a Std:JsonGet reads from, as far as it is a plain Get, and the path it reads."""
    operand = item[JSON_GET]
    source = operand.get("PropertyFile")
    of = source[GET] if operator(source) == GET else "JsonGet"
    return of, operand["Path"] if isinstance(operand.get("Path"), str) else ""


def _is_structure(value: object) -> bool:
    return isinstance(value, (dict, list, tuple)) and operator(value) is None


def _joined(join: dict[str, Any]) -> list[Any]:
    values = sequence(join.get("Values"))[: MOST_PIECES + 1]
    separator = join.get("On")
    if not isinstance(separator, str) or not separator:
        return list(values)
    parts = [separator] * (2 * len(values) - 1)
    parts[::2] = values
    return parts


def _scalar(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # Integers of thousands of digits have no text in Python; they are nobody's parameter either.
        return str(value) if value.bit_length() < LONGEST_INTEGER else None
    return str(value) if isinstance(value, float) else None
