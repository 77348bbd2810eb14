FROM python:3.11-slim AS packages
COPY requirements-run.lock .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements-run.lock

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /app tandem && install -d -o tandem /data
WORKDIR /app
COPY --from=packages /venv /venv
COPY bot bot
COPY handlers handlers
COPY locales locales
COPY mentoring mentoring
COPY sandbox sandbox
COPY storage storage
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATABASE_URL=sqlite+aiosqlite:////data/tandem.sqlite3
USER tandem
VOLUME /data
STOPSIGNAL SIGTERM
CMD ["python", "-m", "bot", "run"]
