# An image of `podspace lint`, `podspace plan` and the other commands that read files; it has no Node, CDK CLI and git.
# With `--build-arg EXTRAS=cluster` also of `podspace verify` and the other commands that read an account or a cluster.
# Checked statically by tests/ci/test_dockerfile.py; it was not built, as there was no container engine. See docs/ci.md.

FROM python:3.13-slim-trixie AS build
ARG EXTRAS
WORKDIR /source
COPY pyproject.toml setup.py README.md LICENSE NOTICE ./
COPY podspace podspace
COPY constructs_lib constructs_lib
COPY k8s k8s
COPY stacks stacks
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .
RUN python -m venv /opt/podspace && /opt/podspace/bin/python -m pip install --no-cache-dir "$(find /wheels -name "*.whl")${EXTRAS:+[$EXTRAS]}"

FROM python:3.13-slim-trixie
COPY --from=build /opt/podspace /opt/podspace
ENV PATH=/opt/podspace/bin:$PATH
WORKDIR /work
USER 65532:65532
ENTRYPOINT ["podspace"]
CMD ["--help"]
