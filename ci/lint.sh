#!/usr/bin/env bash
# Run `podspace lint`: as text in the log, and as a report in a file. The exit status is that of the command.
#
# PODSPACE_PATHS    templates, manifests and folders, one a line
# PODSPACE_REPORT   the file that the report is written to
# PODSPACE_FORMAT   of the report, such as junit; sarif by default
# PODSPACE_FAIL_ON  the severity from which the exit status is 1; empty: that of the command
# PODSPACE_COMMAND  the command; podspace by default
set -euo pipefail

arguments=()
if [[ -n "${PODSPACE_FAIL_ON:-}" ]]; then
  arguments+=(--fail-on "$PODSPACE_FAIL_ON")
fi
arguments+=(--)
while IFS= read -r path; do
  if [[ -n "$path" ]]; then
    arguments+=("$path")
  fi
done <<<"${PODSPACE_PATHS:?}"

# The status 2 is that of something that could not be read or written.
if ! : >"$PODSPACE_REPORT"; then
  exit 2
fi
# The report first: a pipeline gets it also if the log of a run is cut off.
"${PODSPACE_COMMAND:-podspace}" lint --format "${PODSPACE_FORMAT:-sarif}" "${arguments[@]}" >"$PODSPACE_REPORT" || true
"${PODSPACE_COMMAND:-podspace}" lint "${arguments[@]}"
