"""`manage.py demo`: the main job from nothing, twice."""

from __future__ import annotations

import json
import re
import signal


def urls(output):
    return re.findall(r"^  curl -s '(.+)'$", output, re.MULTILINE)


def test_the_demo_serves_what_it_synced_and_starts_again(start, fetch, free_port):
    first = start("manage.py", "demo", "--port", str(free_port))
    first.wait_for("Ctrl-C ends it.", 180)

    answers = [fetch(url) for url in urls(first.output)]
    assert [status for status, _ in answers] == [200, 200, 200]
    assert all(node["run"]["status"] for node in json.loads(answers[1][1])["graph"]["nodes"])
    assert "12 of 15 regions ok" in first.output
    assert fetch(f"http://127.0.0.1:{free_port}/admin/login/")[0] == 200
    assert first.end(signal.SIGINT) == 0

    again = start("manage.py", "demo", "--port", str(free_port))
    again.wait_for("Ctrl-C ends it.", 60)
    assert [fetch(url)[0] for url in urls(again.output)] == [200, 200, 200]
    again.wait_for("sync   | ended with code 3")
    assert again.end() == 0
