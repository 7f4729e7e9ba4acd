#!/bin/sh
# Creates and updates Temporal's two databases. Run before each start of the server: what is there already is left
# as it is, and a newer image brings the schema up to date. Connection: SQL_PLUGIN, SQL_HOST, SQL_PORT, SQL_USER
# and SQL_PASSWORD, as temporal-sql-tool reads them.
set -eu

: "${SQL_PLUGIN:?}" "${SQL_HOST:?}" "${SQL_PORT:?}" "${SQL_USER:?}" "${SQL_PASSWORD:?}"
schemas=${TEMPORAL_SCHEMAS:-/etc/temporal/schema/postgresql/v12}

set_up() {
  database=$1
  folder=$2
  echo "Schema of $database"
  temporal-sql-tool --database "$database" create-database --defaultdb postgres
  temporal-sql-tool --database "$database" setup-schema --version 0.0
  temporal-sql-tool --database "$database" update-schema --schema-dir "$schemas/$folder/versioned"
}

set_up temporal temporal
set_up temporal_visibility visibility
