#!/usr/bin/env bash
# Order-sign with 1, 5 and 20 orders at growing numbers of patients: requests a second with p50 and p99, the growth
# between sizes, the ratio to a bare Poco handler that parses the same body and answers the same bytes, and p99 at a
# pace of 1,000 requests a second, of Genflik and of the bare handler, with the pace that was reached.
#   tests/bench/order_sign_sizes.sh [SECONDS] [SIZE...]      5, and 10000 100000, without
# STORES=FOLDER fills the stores there, one folder a size, and takes those that are there already,
# with the alerts of earlier runs: a million patients take half an hour and 12 GB.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-5}
shift || true
sizes=("$@")
[ ${#sizes[@]} -gt 0 ] || sizes=(10000 100000)
built=build/release connections=8
# Milliseconds that each connection waits between its calls: with an answer in 1 ms they make 1,000 a second.
pause=$((connections - 1))
folder=$(mktemp -d)
trap 'kill $server $peer 2>/dev/null || true; rm -rf "$folder"' EXIT
server="" peer=""
for orders in 1 5 20; do
  $built/order_sign_patients_bench body sample-data/cds/order-sign-capecitabine-prefetched.json $orders >"$folder/body$orders"
done
wait_for() { until [ -s "$1" ]; do read -rt 0.1 <> <(:) || true; done; }
measure() { PAUSE=${3:-0} wrk -t1 -c$connections -d"${seconds}s" --latency -s tests/bench/order_sign_sizes.lua "$1" >"$folder/$2"; }
value() { awk -v what="$1" '$1 == what {print $2}' "$folder/$2"; }
printf '%9s %6s %10s %10s %10s %10s %6s %7s %14s %8s %8s\n' patients orders "req/s" p50 p99 bare ratio growth "p99 at 1000/s" "reached" "of bare"
from=0 before=""
declare -A first
for size in "${sizes[@]}"; do
  data=$folder
  if [ -n "${STORES:-}" ]; then
    data=$STORES/$size
    mkdir -p "$data"
  fi
  if [ ! -f "$data/filled" ]; then
    [ -z "$before" ] || [ "$before" = "$data" ] || cp "$before/genflik.sqlite" "$data/"
    $built/order_sign_patients_bench fill "$data/genflik.sqlite" $from $size
    [ "$data" = "$folder" ] || touch "$data/filled"
  fi
  before=$data
  from=$size
  export PATIENTS=$size
  rm -f "$folder/out"
  $built/genflik serve --listen 127.0.0.1:0 --data "$data" >"$folder/out" 2>"$folder/log" &
  server=$!
  wait_for "$folder/out"
  url=$(awk 'NR==1 {print $3}' "$folder/out")/cds-services/genflik-order-sign
  for orders in 1 5 20; do
    export BODY="$folder/body$orders"
    sed 's/@PATIENT@/bench-00000001/g; s/@INSTANCE@/00000000-0000-4000-8000-000000000001/' "$BODY" |
      curl -sf -H 'Content-Type: application/json' --data-binary @- "$url" >"$folder/answer"
    rm -f "$folder/hold" "$folder/port"
    mkfifo "$folder/hold"
    $built/order_sign_bare_bench "$folder/answer" <"$folder/hold" >"$folder/port" &
    peer=$!
    exec 9>"$folder/hold"
    wait_for "$folder/port"
    measure "http://127.0.0.1:$(cat "$folder/port")/" bare
    measure "http://127.0.0.1:$(cat "$folder/port")/" barepaced $pause
    exec 9>&-
    wait $peer || true
    peer=""
    measure "$url" genflik
    measure "$url" paced $pause
    grep -H Non-2xx "$folder/genflik" "$folder/paced" && exit 1
    rate=$(value Requests/sec: genflik)
    first[$orders]=${first[$orders]:-$rate}
    printf '%9s %6s %10s %10s %10s %10s %6s %7s %14s %8s %8s\n' $size $orders "$rate" "$(value 50% genflik)" "$(value 99% genflik)" \
      "$(value Requests/sec: bare)" "$(awk "BEGIN {printf \"%.2f\", $rate / $(value Requests/sec: bare)}")" \
      "$(awk "BEGIN {printf \"%.2f\", ${first[$orders]} / $rate}")" "$(value 99% paced)" "$(value Requests/sec: paced)" "$(value 99% barepaced)"
  done
  kill $server
  wait $server || true
  server=""
done
