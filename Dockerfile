# Two stages: the first generates the database client (needs the Prisma CLI), the second holds what runs. Both begin with the
# same bytes each time: the digest decides, the tag is for people. A newer one: `docker buildx imagetools inspect
# node:24-bookworm-slim` prints it; Dependabot (.github/dependabot.yml) brings it by itself.
FROM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc prisma.config.ts ./
COPY prisma ./prisma
# The postinstall step writes the client to src/adapters/prisma/generated.
RUN npm ci && cp -r src/adapters/prisma/generated /generated

FROM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6
# MALLOC_MMAP_THRESHOLD_: glibc would keep what it took for the long answers of media servers.
ENV NODE_ENV=production \
    DATA_DIR=/data \
    DATABASE_URL=file:/data/usher.db \
    HTTP_HOST=0.0.0.0 \
    NODE_COMPILE_CACHE=/home/node/compiled \
    MALLOC_MMAP_THRESHOLD_=131072
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# No scripts of packages are needed to run, the client comes from the stage before, and the Prisma CLI (an optional peer of the
# client, 250 MB) stays there.
# A quarter of what is left is query compilers as text; those in use are files beside the client (docs/decisions/0032).
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force && \
    rm node_modules/@prisma/client/runtime/*wasm-base64*
COPY prisma/schema.prisma ./prisma/schema.prisma
COPY prisma/migrations ./prisma/migrations
COPY src ./src
COPY commands ./commands
COPY --from=build /generated ./src/adapters/prisma/generated
RUN mkdir /data && chown node:node /data
USER node
# Compiled once, here and with the flags of CMD: a start then takes half the processor time and 20 MB less. Without settings
# it ends when all is loaded, with 78. Where the folder cannot be written, a start compiles what is not in it, and all is well.
RUN node --optimize-for-size --max-semi-space-size=2 --heap-growing-percent=50 --no-wasm-tier-up --v8-pool-size=1 src/main.ts \
    >/dev/null 2>&1; test $? -eq 78
VOLUME /data
# No shell and no npm between the supervisor and Usher: SIGTERM must arrive.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["node", "src/health-check.ts"]
# As `npm start`: a small young generation, garbage that is collected before the heap has grown by more than half, query
# compilers that stay as they are, one thread beside for collecting, and a tenth more processor time keep the memory down.
CMD ["node", "--optimize-for-size", "--max-semi-space-size=2", "--heap-growing-percent=50", "--no-wasm-tier-up", "--v8-pool-size=1", "src/main.ts"]
