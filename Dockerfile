# syntax=docker/dockerfile:1
# Two stages: the first one installs, the second one holds only what runs.
FROM python:3.12-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/exchange
ENV PATH=/opt/exchange/bin:$PATH
WORKDIR /srv/exchange
# The packages change less often than the code: their layer is kept between builds.
COPY requirements.lock ./
RUN pip install --require-hashes --no-deps -r requirements.lock
COPY . .
RUN pip install --no-deps --no-build-isolation --editable . \
    && python -m compileall -q exchange workers marketplace matching

FROM python:3.12-slim
LABEL org.opencontainers.image.title="Partnership Exchange" \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --system --gid 10001 exchange \
    && useradd --system --uid 10001 --gid exchange --home-dir /var/lib/exchange --create-home exchange
COPY --from=build /opt/exchange /opt/exchange
COPY --from=build /srv/exchange /srv/exchange
ENV PATH=/opt/exchange/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    EXCHANGE_VAR=/var/lib/exchange \
    NUMBA_CACHE_DIR=/var/lib/exchange/compiled
WORKDIR /srv/exchange
USER exchange
VOLUME /var/lib/exchange
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4).read()"]
ENTRYPOINT ["exchange"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
