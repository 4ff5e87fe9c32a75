"""`python -m bench.aws --port 5050 --pipelines 200`: the light AWS in this process, until it is told to end."""

from __future__ import annotations

import asyncio
import signal
from argparse import ArgumentParser
from dataclasses import fields

from bench.aws.estate import Shape
from bench.aws.server import Application, serve
from bench.aws.traffic import Traffic


def parser() -> ArgumentParser:
    arguments = ArgumentParser(prog="python -m bench.aws", description=__doc__)
    arguments.add_argument("--port", type=int, default=0, help="0 takes a free one")
    arguments.add_argument("--latency", type=float, default=0.0, help="milliseconds that every answer takes")
    arguments.add_argument("--rate", type=float, default=0.0, help="SageMaker calls admitted a second; 0: all")
    arguments.add_argument("--burst", type=float, default=0.0, help="calls admitted at once; 0: a second's worth")
    for field in fields(Shape):
        arguments.add_argument(f"--{field.name.replace('_', '-')}", type=int, default=field.default)
    return arguments


def main() -> None:
    options = vars(parser().parse_args())
    shape = Shape(**{field.name: options[field.name] for field in fields(Shape)})
    traffic = Traffic(options["latency"], options["rate"], options["burst"])
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        asyncio.run(serve(Application(shape, traffic), options["port"]))
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
