"""Following a listing to its end, or failing loudly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from inventory.aws.errors import AWSError, ErrorKind, member, translated_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE_SIZE = 100
MOST_PAGES = 20_000


def pages(
    operation: str,
    call: Callable[..., Any],
    name: str,
    *,
    token: str = "NextToken",  # noqa: S107  (the name of a member)
    **arguments: Any,
) -> Iterator[list[Any]]:
    """Yield the member `name` of every page, empty pages included.

    Raises AWSError when a page lacks its list, when a token comes twice, and when there is no end.
    """
    seen: set[str] = set()
    following: dict[str, Any] = {}
    for _ in range(MOST_PAGES):
        with translated_errors(operation):
            page = call(**arguments, **following)
        yield member(page, name, operation)
        mark = page.get(token)
        if not mark:
            return
        if mark in seen:
            break
        seen.add(mark)
        following = {token: mark}
    message = f"{operation} repeats itself without an end; the next sync tries again."
    raise AWSError(ErrorKind.UNREACHABLE, operation, "EndlessListing", message)
