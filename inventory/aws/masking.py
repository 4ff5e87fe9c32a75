"""Secrets never leave this layer: values whose names look secret are masked before anything stores them."""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

MASK = "(masked)"
SECRET_WORDS = frozenset(
    {
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "secret",
        "secrets",
        "token",
        "credential",
        "credentials",
        "apikey",
        "passcode",
    }
)
SECRET_ENDINGS = ("password", "passwd", "secret", "apikey")
SECRET_PAIRS = frozenset(
    {
        ("api", "key"),
        ("access", "key"),
        ("private", "key"),
        ("secret", "key"),
        ("auth", "key"),
        ("encryption", "key"),
        ("signing", "key"),
        ("account", "key"),
        ("pass", "word"),
        ("db", "pass"),
        ("connection", "string"),
    }
)
NUMERIC_WORDS = frozenset({"token"})
PAIR_NAMES = ("Name", "Key", "ParameterName", "name", "key")
PAIR_VALUES = frozenset({"Value", "DefaultValue", "value", "default"})
DROPPED = frozenset({"CallbackToken", "ResponseMetadata"})
STRUCTURAL = frozenset({"NextToken", "ClientRequestToken"})
DEPTH = 200
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
ASSIGNMENT = re.compile(r"""(?P<name>--?[\w.-]+|\b[\w.-]+)(?P<between>["']?\s*[=:]\s*["']?)(?P<value>[^\s"',;&}]+)""")
OPTION = re.compile(r"(?P<name>--?[\w.-]+)(?P<between>\s+)(?P<value>(?!-)\S+)")
USERINFO = re.compile(r"(?P<head>\b[a-zA-Z][\w+.-]*://[^\s:/@]+:)[^\s@/]+(?=@)")
ACCESS_KEY = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")
BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
# Without any of these no text tells a secret: several words, an assignment, a list, the beginning of an access key.
TELLING = re.compile(r"[\s:=\[A]")
# Nor without any of these: most texts need no closer look.
OUTRIGHT = (r"//[^\s/@]+@", "a[ks]ia[a-z0-9]{16}", "bearer", "basic")
SECRET_PARTS = SECRET_WORDS | {*SECRET_ENDINGS}
SHORTEST_PARTS = sorted(part for part in SECRET_PARTS if not any(other in part for other in SECRET_PARTS - {part}))
PAIRS = sorted(f"{first}[^a-z0-9]*{second}" for first, second in SECRET_PAIRS)
SUSPICIOUS = re.compile("|".join([*OUTRIGHT, *SHORTEST_PARTS, *PAIRS]))
SECONDS = sorted({second for _, second in SECRET_PAIRS})
SUSPICIOUS_IN_ANY_CASE = re.compile("|".join([*OUTRIGHT, *SHORTEST_PARTS, *SECONDS]), re.IGNORECASE)
EXPRESSIONS = ({"Get"}, {"Std:Join"}, {"Std:JsonGet"})
PARAMETER = re.compile(r"^Parameters\.(.+)$", re.DOTALL)


@lru_cache(maxsize=8192)  # the members of AWS's answers are the same few hundred names
def looks_secret(name: object) -> bool:
    """Whether a name speaks of a secret: its words, split at case and punctuation."""
    if not isinstance(name, str) or name in STRUCTURAL:
        return False
    words = [word.lower() for word in WORD.findall(name)]
    if any(word in SECRET_WORDS or word.endswith(SECRET_ENDINGS) for word in words):
        return True
    return any(pair in SECRET_PAIRS for pair in pairwise(words))


def masked(value: Any, secret_names: frozenset[str] = frozenset()) -> Any:
    """An answer of AWS, or a JSON value, as `plain` makes it and without its secrets.

    `secret_names` are names that are secret here though they do not look it.
    """
    return _masked(value, secret_names, DEPTH)


def masked_parameters(parameters: Mapping[str, str], secret_names: frozenset[str] = frozenset()) -> dict[str, str]:
    """Parameters of an execution."""
    return {
        name: MASK if (name in secret_names or _is_secret(name, value)) else masked_text(value)
        for name, value in parameters.items()
    }


def secret_parameters(definition: Any) -> frozenset[str]:
    """The pipeline parameters that a secret-named field of the definition refers to."""
    found: set[str] = set()
    stack = [definition]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            for name, child in value.items():
                if isinstance(child, str):
                    continue
                stack.append(child)
                if isinstance(child, dict) and looks_secret(name):
                    found.update(_parameters_in(child))
        elif isinstance(value, list):
            stack.extend(value)
            found.update(_parameters_after_options(value))
    return frozenset(found)


def masked_text(text: str) -> str:
    """Free text without what it assigns to secret names, credentials in URLs, access keys and bearer tokens."""
    if not (TELLING.search(text) and _is_suspicious(text)):
        return text
    if "@" in text:
        text = USERINFO.sub(lambda match: match["head"] + MASK, text)
    if "AKIA" in text or "ASIA" in text:
        text = ACCESS_KEY.sub(MASK, text)
    has_words = len(text.split(None, 1)) > 1
    if has_words:
        text = BEARER.sub(lambda match: f"{match[1]} {MASK}", text)
    if "=" in text or ":" in text:
        text = ASSIGNMENT.sub(_masked_match, text)
    return OPTION.sub(_masked_match, text) if has_words else text


def _is_suspicious(text: str) -> bool:
    """Whether a word of it speaks of a secret, or another form does.

    Ignoring case costs several times as much; only outside of ASCII is it more than lower case.
    """
    found = SUSPICIOUS.search(text.lower()) if text.isascii() else SUSPICIOUS_IN_ANY_CASE.search(text)
    return found is not None


def plain(value: Any) -> Any:
    """An answer of AWS as JSON: times as ISO 8601 with an offset, no ResponseMetadata."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {name: plain(child) for name, child in value.items() if name not in DROPPED}
    if isinstance(value, list):
        return [plain(child) for child in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, (int, float, bool)) else str(value)


def _masked_match(match: re.Match[str]) -> str:
    if not _is_secret(match["name"], match["value"]) or match["value"].startswith(MASK):
        return match[0]
    return f"{match['name']}{match['between']}{MASK}"


def _is_secret(name: object, value: Any) -> bool:
    """A number under a token's name counts tokens; it is none."""
    if not looks_secret(name):
        return False
    words = {word.lower() for word in WORD.findall(str(name))}
    counts = words & SECRET_WORDS == NUMERIC_WORDS and str(value).replace(".", "", 1).isdigit()
    return not counts or len(str(value)) > 6


def _masked(value: Any, secret_names: frozenset[str], depth: int) -> Any:
    if depth == 0:
        return MASK
    if isinstance(value, str):
        return _masked_string(value, depth) if TELLING.search(value) else value
    if isinstance(value, dict):
        return _masked_object(value, secret_names, depth - 1)
    if isinstance(value, list):
        return _masked_list(value, secret_names, depth - 1)
    return value if value is None or isinstance(value, (int, float)) else _masked_string(plain(value), depth)


def _masked_object(value: dict[str, Any], secret_names: frozenset[str], depth: int) -> dict[str, Any]:
    result = {}
    for name, child in value.items():
        if name in DROPPED:
            continue
        if (looks_secret(name) and _is_secret(name, child)) or (
            name in PAIR_VALUES and _is_secret_pair(value, child, secret_names)
        ):
            result[name] = _hidden(child, depth)
        else:
            result[name] = _masked(child, secret_names, depth)
    return result


def _is_secret_pair(pair: dict[str, Any], value: Any, secret_names: frozenset[str]) -> bool:
    """Whether the name that stands beside a value makes it secret."""
    named = next((pair[name] for name in PAIR_NAMES if isinstance(pair.get(name), str)), None)
    return named is not None and (named in secret_names or _is_secret(named, value))


def _masked_list(values: list[Any], secret_names: frozenset[str], depth: int) -> list[Any]:
    """A list may be a command line: the word after a secret option is its value."""
    result, option = [], ""
    for value in values:
        if option and _is_word(value):
            result.append(_hidden(value, depth) if _is_secret(option, value) else _masked(value, secret_names, depth))
        else:
            result.append(_masked(value, secret_names, depth))
        option = value if isinstance(value, str) and value.startswith("-") and "=" not in value else ""
    return result


def _hidden(value: Any, depth: int) -> Any:
    """The value of a secret name: references stay, literals go."""
    if depth <= 0:
        return MASK
    if isinstance(value, dict):
        if set(value) == {"Get"} or set(value) == {"Std:JsonGet"}:
            return _masked(value, frozenset(), depth)
        return {
            name: _masked(child, frozenset(), depth - 1) if name == "On" else _hidden(child, depth - 1)
            for name, child in value.items()
            if name not in DROPPED
        }
    if isinstance(value, list):
        return [_hidden(child, depth - 1) for child in value]
    return value if value is None or isinstance(value, bool) or value == "" else MASK


def _masked_string(text: str, depth: int) -> str:
    """A string may hold JSON."""
    if text[:1] in ("{", "[") and text[-1:] in ("}", "]"):
        try:
            inner = json.loads(text)
        except (ValueError, RecursionError):
            return masked_text(text)
        safe = _masked(inner, frozenset(), depth - 1)
        return text if safe == inner else json.dumps(safe)
    return masked_text(text)


def _is_word(value: Any) -> bool:
    """Whether a value may be that of the option before it."""
    if isinstance(value, str):
        return not value.startswith("-")
    if isinstance(value, dict):
        return set(value) in EXPRESSIONS
    return value is not None and not isinstance(value, list)


def _parameters_in(expression: Any) -> set[str]:
    found, stack = set(), [expression]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            match = PARAMETER.match(value["Get"]) if isinstance(value.get("Get"), str) else None
            if match:
                found.add(match[1])
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
    return found


def _parameters_after_options(values: list[Any]) -> set[str]:
    found: set[str] = set()
    for option, value in pairwise(values):
        if isinstance(option, str) and option.startswith("-") and looks_secret(option) and isinstance(value, dict):
            found.update(_parameters_in(value))
    return found
