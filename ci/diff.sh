#!/usr/bin/env bash
# Run `podspace diff` of a revision and the config in this working tree. The exit status is that of the command.
#
# PODSPACE_BASE     the revision that is deployed: a commit or a branch, fetched from origin if it is not here
# PODSPACE_CONFIG   the config file, or a folder of them
# PODSPACE_SUMMARY  a file that the output is appended to as Markdown; empty: none
# PODSPACE_COMMAND  the command; podspace by default
set -euo pipefail

# Pipelines check out one commit, without branches.
if ! base="$(git rev-parse --verify --quiet --end-of-options "$PODSPACE_BASE^{commit}")"; then
  git fetch --quiet --no-tags --depth=1 origin -- "$PODSPACE_BASE" || exit 2
  base="$(git rev-parse --verify FETCH_HEAD)"
fi

status=0
output="$("${PODSPACE_COMMAND:-podspace}" diff -- "$base" "$PODSPACE_CONFIG" 2>&1)" || status=$?
printf '%s\n' "$output"
if [[ -n "${PODSPACE_SUMMARY:-}" ]]; then
  # Lines with four spaces before them are a block of code, whatever is in them.
  {
    printf '## podspace diff\n\n'
    printf '%s\n' "$output" | sed 's/^/    /'
    printf '\nExit status %s\n' "$status"
  } >>"$PODSPACE_SUMMARY"
fi
exit "$status"
