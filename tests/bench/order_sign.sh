#!/usr/bin/env bash
# Order-sign against a bare Poco handler that parses the same body and answers the same bytes.
# Prints requests a second and latencies of both, and their ratio.
#   tests/bench/order_sign.sh [SECONDS] [CONNECTIONS] [BODY]
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-10} connections=${2:-8}
export BODY=${3:-sample-data/cds/order-sign-capecitabine-prefetched.json}
program=build/release/genflik bare=build/release/order_sign_bare_bench
folder=$(mktemp -d)
trap 'kill $server $peer 2>/dev/null || true; rm -rf "$folder"' EXIT
"$program" serve --listen 127.0.0.1:0 --data "$folder" --sample-data >"$folder/out" &
server=$!
until grep -q '^genflik ready' "$folder/out" 2>/dev/null; do read -rt 0.1 <> <(:) || true; done
url=$(awk 'NR==1 {print $3}' "$folder/out")/cds-services/genflik-order-sign
curl -sf -H 'Content-Type: application/json' -d "@$BODY" "$url" >"$folder/answer"
mkfifo "$folder/hold"
"$bare" "$folder/answer" <"$folder/hold" >"$folder/port" &
peer=$!
exec 9>"$folder/hold"
until [ -s "$folder/port" ]; do read -rt 0.1 <> <(:) || true; done
run() { wrk -t1 -c"$connections" -d"${seconds}s" --latency -s tests/bench/order_sign.lua "$1" | tee "$folder/$2" | grep -E 'Requests/sec|50%|99%|Non-2xx' | sed "s/^/$2 /"; }
run "http://127.0.0.1:$(cat "$folder/port")/" bare
run "$url" genflik
awk '/Requests\/sec/ {r[FILENAME] = $2} END {printf "ratio %.2f\n", r[ARGV[2]] / r[ARGV[1]]}' "$folder/bare" "$folder/genflik"
