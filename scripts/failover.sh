#!/usr/bin/env bash
# Failovers that lose commits and restores to an earlier moment, many times over: 20 and 5 unless told otherwise.
#
#   scripts/failover.sh          20 failovers, 5 restores; a good ten minutes
#   scripts/failover.sh 3+0      3 failovers
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export MOTCUA_FAILOVERS=${1:-20+5}
exec scripts/test.sh -p motcua-tests --test failover -- --nocapture
