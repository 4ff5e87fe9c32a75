# The service (target `service`, the default of docker-compose.yml) and the same with the demo AWS (target `demo`).
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --quiet --require-hashes -r requirements.txt

FROM build AS build-demo
COPY requirements-demo.txt .
RUN /venv/bin/pip install --quiet --require-hashes -r requirements-demo.txt

FROM python:3.13-slim AS runtime
RUN useradd --system --uid 10001 --no-create-home lineage && install -d -o lineage /data /data/static
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data HOME=/tmp
WORKDIR /app
COPY manage.py ./
COPY lineage_site lineage_site
COPY inventory inventory
COPY lineage lineage
# The command `demo` of the site reads the estate's names from here.
COPY demo demo
USER lineage
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
CMD ["granian", "--interface=wsgi", "--workers=2", "--blocking-threads=8", "--respawn-failed-workers", \
     "--host=0.0.0.0", "--port=8000", "lineage_site.wsgi:application"]

FROM runtime AS demo
COPY --from=build-demo /venv /venv

FROM runtime AS service
COPY --from=build /venv /venv
