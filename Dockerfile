# docker build -t tandem .   Run it by compose.yaml, which also makes everything read-only.
FROM python:3.11-slim AS parts
WORKDIR /app
COPY requirements-run.lock ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements-run.lock
COPY bot bot
COPY handlers handlers
COPY locales locales
COPY mentoring mentoring
COPY sandbox sandbox
COPY storage storage
# Readable whatever the checkout's umask was; compiled here, as nothing can be written later.
RUN rm requirements-run.lock && chmod -R a+rX,go-w . && /venv/bin/python -m compileall -q .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --user-group --no-create-home tandem \
    && install -d -o 10001 -g 10001 -m 700 /data
COPY --from=parts /venv /venv
COPY --from=parts /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATABASE_URL=sqlite+aiosqlite:////data/tandem.sqlite3
USER 10001:10001
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=20s --start-period=90s --retries=3 \
    CMD ["python", "-m", "bot", "health"]
CMD ["python", "-m", "bot", "run"]
