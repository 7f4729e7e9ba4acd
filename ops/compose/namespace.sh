#!/bin/sh
# Creates the namespace and the search attributes of the pipelines where they are missing. TEMPORAL_ADDRESS and
# TEMPORAL_NAMESPACE are read by the Temporal CLI itself too.
set -eu

: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}"
attempts=${GRAVESHIFT_ATTEMPTS:-60}

# The server's port opens before it serves, and a new namespace takes seconds to be seen by all of it.
until_done() {
  attempt=1
  until "$@"; do
    if [ "$attempt" -ge "$attempts" ]; then
      echo "Given up after $attempts attempts: $*" >&2
      exit 1
    fi
    attempt=$((attempt + 1))
    sleep 2
  done
}

healthy() {
  temporal operator cluster health >/dev/null
}

namespace_exists() {
  temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
    { temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 720h && false; }
}

attribute_exists() {
  listed=$(temporal operator search-attribute list) || return 1
  if echo "$listed" | grep -Eq "^ *$1 +$2 *$"; then return 0; fi
  temporal operator search-attribute create --name "$1" --type "$2" && false
}

until_done healthy
until_done namespace_exists
until_done attribute_exists GraveshiftProject Keyword
until_done attribute_exists GraveshiftPipeline Keyword
until_done attribute_exists GraveshiftState Keyword
until_done attribute_exists GraveshiftEnvironment Keyword
until_done attribute_exists GraveshiftRun Keyword
until_done attribute_exists GraveshiftNight Int
echo "Namespace $TEMPORAL_NAMESPACE is ready"
