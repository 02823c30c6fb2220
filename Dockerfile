# Mural in one image: everything it needs is inside, everything it keeps is in the volume /data.
# The steps themselves are in tools/image-steps.sh, which also runs where there is no container engine.

FROM node:22-bookworm-slim AS web
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY tools/image-steps.sh tools/vendor.mjs tools/
RUN tools/image-steps.sh web

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.txt ./
COPY tools/image-steps.sh tools/
RUN tools/image-steps.sh packages
COPY mural mural
COPY --from=web /app/node_modules node_modules
RUN tools/image-steps.sh prepare

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data mural && install --directory --owner=mural --mode=0750 /data
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY --from=build /app/data data
COPY --from=web /app/static/vendor static/vendor
COPY . .
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    HOST=0.0.0.0 \
    PORT=8000
USER mural
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["tools/image-steps.sh", "healthy"]
CMD ["python", "wsgi.py"]
