# syntax=docker/dockerfile:1
# `docsight serve` with torch for the CPU. Build, and run as compose.yaml does: docs/serving.md.

FROM python:3.12-slim AS build
ARG UV_VERSION=0.13.9
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy PIP_DISABLE_PIP_VERSION_CHECK=1
RUN pip install --no-cache-dir "uv==${UV_VERSION}"
WORKDIR /source
COPY constraints.txt ./
RUN uv venv /opt/docsight \
    && uv pip install --no-cache --python /opt/docsight/bin/python --torch-backend cpu -c constraints.txt torch
COPY pyproject.toml README.md LICENSE ./
COPY LICENSES LICENSES
COPY plugins plugins
COPY training training
COPY conf conf
# Headers, tests and tools are not needed to run it, and make up 0.25 GB.
RUN uv pip install --no-cache --python /opt/docsight/bin/python --torch-backend cpu -c constraints.txt \
    ".[serve,documents,redact]" \
    && find /opt/docsight -depth -type d \
    \( -path "*/torch/include" -o -path "*/torch/test" -o -path "*/pyarrow/include" -o -name tests \) \
    -exec rm -rf {} + \
    && find /opt/docsight -path "*/torch/bin/*" -type f ! -name torch_shm_manager -delete

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home docsight && install -d -o docsight /jobs
COPY --from=build /opt/docsight /opt/docsight
ENV PATH="/opt/docsight/bin:${PATH}" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOME=/tmp
USER 10001
WORKDIR /tmp
EXPOSE 8000
VOLUME ["/jobs"]
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/ready', timeout=4)"]
ENTRYPOINT ["docsight", "serve", "--host", "0.0.0.0", "--port", "8000", "--jobs", "/jobs"]
