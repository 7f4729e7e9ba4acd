# The worker and the emulator. glibc, not Alpine: the Temporal SDK's native core and Rojo's binary are built for it.
FROM rust:1.95-bookworm AS luau-kit
WORKDIR /luau-kit
COPY tools/luau-kit ./
RUN cargo build --release --locked && mkdir licences \
  && for crate in "$CARGO_HOME"/registry/src/*/*/; do \
    for file in "$crate"LICENSE* "$crate"luau/*LICENSE*; do \
      if [ -f "$file" ]; then cp "$file" "licences/$(basename "$crate")-$(basename "$file")"; fi; \
    done; \
  done

FROM node:20.20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Without scripts: what `prepare` builds is not there yet, and no dependency needs its own to run.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:20.20-bookworm-slim
# Git with what it needs for remotes over HTTPS and SSH.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends git ca-certificates openssh-client \
  && rm -rf /var/lib/apt/lists/* \
  && mkdir /data \
  && chown node:node /data
# glibc keeps what native code frees: without these two the worker grows by a third.
ENV NODE_ENV=production GRAVESHIFT_HOME=/data MALLOC_ARENA_MAX=2 MALLOC_TRIM_THRESHOLD_=262144
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/bin bin
COPY --from=build /app/luau luau
COPY --from=luau-kit /luau-kit/target/release/luau-kit /usr/local/bin/luau-kit
COPY --from=luau-kit /luau-kit/licences /usr/local/share/doc/luau-kit
ENV GRAVESHIFT_LUAU_KIT=/usr/local/bin/luau-kit
COPY --from=build /app/ops/compose/worker-health.mjs ops/compose/worker-health.mjs
RUN ln -s /app/bin/graveshift.js /usr/local/bin/graveshift
USER node
VOLUME /data
CMD ["node", "dist/worker.js"]
