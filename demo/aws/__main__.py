"""`python -m demo.aws --port 5000`: the demo AWS as a process, until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from .server import HOST, make


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m demo.aws", description=__doc__)
    parser.add_argument("--port", type=int, default=5000)
    parser.add_argument("--host", default=HOST)
    options = parser.parse_args()
    server = make(options.port, options.host)

    def stop(*_: object) -> None:
        # shutdown() waits for the loop, which this handler interrupts: so from another thread.
        threading.Thread(target=server.shutdown).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    sys.stdout.write(f"The demo AWS listens on http://{options.host}:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
    server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
