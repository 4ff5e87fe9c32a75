"""What the process of a worker does when it is told of a part."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings

from inventory.models import SyncPart
from inventory.sync.crew import Crew
from inventory.sync.execute import execute
from inventory.sync.places import Places

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Worker:
    """The worker that this process belongs to."""

    @cached_property
    def places(self) -> Places:
        return Places(settings.WORKER_PROCESSES)

    def begin(self) -> Places:
        """To be called in the parent of the processes that will be told of parts, before it forks them."""
        return self.places

    def end(self) -> None:
        """No process of this worker takes another part."""
        self.places.close()

    def work_on(self, part_id: int, tell: Callable[[Sequence[SyncPart]], None]) -> None:
        """Carry out a part that takes a moment at once; of those of whole regions what waits, whose turn it is.

        Without a free place nothing happens: those who have one look for more before they leave it, and after.
        `tell` is called with the parts that a part deals out.
        """
        part = SyncPart.objects.select_related("sync").filter(pk=part_id).first()
        if part and part.sync.is_of_whole_regions:
            self._crawl(tell)
        elif part:
            execute(part_id, tell)

    def _crawl(self, tell: Callable[[Sequence[SyncPart]], None]) -> None:
        places = self.places
        waiting = SyncPart.objects.of_whole_regions()
        while waiting.in_turn().exists():
            with places.taken() as is_mine:
                if not is_mine:
                    return
                Crew(waiting, places.count, tell, goes_on=lambda: places.are_open).run()


worker = Worker()
