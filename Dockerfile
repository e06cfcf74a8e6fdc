# syntax=docker/dockerfile:1
# Two images: `docker build --target controller` and `docker build --target node`.
# They hold the driver's bundle, its compile cache and the Node that wrote it; no npm, no node_modules, no simulators.

# ---- build -----------------------------------------------------------------------------------------------------------
FROM node:24.21.0-trixie-slim AS build
# The compile cache names the bundle's path, so it is built where it will lie.
WORKDIR /opt/rds-csi
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY bin bin
COPY scripts scripts
COPY src src
RUN npm run build
# Compile caches belong to a user id. The node runs as root, as the build does; the controller's is made as its user.
RUN chown -R 65532:65532 dist/compile-cache \
 && setpriv --reuid=65532 --regid=65532 --clear-groups node_modules/.bin/node --run prime \
 && chmod -R a+rX dist/compile-cache
# The Node that wrote the caches, whatever the architecture.
RUN cp --dereference node_modules/.bin/node dist/node

# ---- controller: talks to the appliance and to Kubernetes, needs neither root nor a shell ------------------------------
FROM gcr.io/distroless/cc-debian13:nonroot AS controller
COPY --from=build /opt/rds-csi/dist/node /usr/local/bin/node
COPY --from=build /opt/rds-csi/dist/rds-csi.cjs /opt/rds-csi/dist/rds-csi.cjs
COPY --from=build /opt/rds-csi/dist/compile-cache /opt/rds-csi/dist/compile-cache
ENV NODE_COMPILE_CACHE=/opt/rds-csi/dist/compile-cache
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/node", "--max-semi-space-size=2", "--max-old-space-size=192", "/opt/rds-csi/dist/rds-csi.cjs"]
CMD ["controller"]

# ---- node: connects, formats and mounts --------------------------------------------------------------------------------
FROM debian:trixie-slim AS node
RUN apt-get update \
 && apt-get install --yes --no-install-recommends e2fsprogs nvme-cli util-linux xfsprogs \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/rds-csi/dist/node /usr/local/bin/node
COPY --from=build /opt/rds-csi/dist/rds-csi-node.cjs /opt/rds-csi/dist/rds-csi-node.cjs
COPY --from=build /opt/rds-csi/dist/compile-cache /opt/rds-csi/dist/compile-cache
ENV NODE_COMPILE_CACHE=/opt/rds-csi/dist/compile-cache
# Root: a node plugin connects NVMe sessions and mounts in the host's mount namespace; nothing less may.
USER 0:0
ENTRYPOINT ["/usr/local/bin/node", "--max-semi-space-size=2", "--max-old-space-size=192", "/opt/rds-csi/dist/rds-csi-node.cjs"]
CMD ["node"]
