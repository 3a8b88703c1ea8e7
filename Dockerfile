# One image for every process: `docker run IMAGE run facade`, `… run engine-worker`, `… migrate`.
# BASE can be any image with Python 3.11 or newer and pip.
ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS packages
WORKDIR /build
COPY requirements-server.lock ./
RUN python3 -m venv --without-pip /opt/lookout \
 && python3 -m pip --python /opt/lookout/bin/python install \
        --no-cache-dir --require-hashes --only-binary :all: -r requirements-server.lock

FROM ${BASE}
RUN useradd --no-log-init --no-create-home --uid 10001 lookout
COPY --from=packages /opt/lookout /opt/lookout
WORKDIR /app
COPY migrations migrations
COPY openapi openapi
COPY service service
ENV PATH=/opt/lookout/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LOOKOUT_BIND_HOST=0.0.0.0
USER 10001
EXPOSE 8000 8001
HEALTHCHECK --interval=10s --timeout=8s --start-period=20s --retries=3 CMD ["python", "-m", "service.cli", "healthy", "facade"]
ENTRYPOINT ["python", "-m", "service.cli"]
CMD ["run", "facade"]
