#!/bin/sh
# Checks the network of the pod that it runs in, and writes the result as JSON to the termination message of the pod.
# Needs busybox only. As `listen` it answers the probes of other zones; as `seen` and `large` it is a CGI script of the
# web server that does that. `podspace smoke` writes it into a ConfigMap, and these variables into the pods:
#   PEERS      probes of other zones: ZONE=HOST …
#   TO         destinations: HOST:PORT …
#   ENDPOINTS  names that VPC endpoints answer: SERVICE=HOST …
#   INTERNET   a server in the internet: HOST:PORT
#   ECHO       URL of a service that answers with the address it was called from; empty for none
#   WAIT       seconds to wait for the probes of other zones
#   RESULT     the file of the termination message
#   LISTEN     seconds to answer, as `listen`
# Each row of the result has a check, its subject, its outcome and a detail, such as an address. Values are cut to
# characters that need no quoting in JSON. `done` is false until the last row is written.
set -uf  # no names of files in place of [::1]:443

PORT=8080
LARGE=1048576           # bytes: some 700 packets of 1,500 bytes
MOST=3900               # bytes of rows; kubelet keeps 4,096 bytes of a termination message
rows=''
verbose=-vv

case ${0##*/} in
seen)
  printf 'Content-Type: text/plain\r\n\r\n%s' "${REMOTE_ADDR:-}"
  exit ;;
large)
  printf 'Content-Type: application/octet-stream\r\n\r\n'
  head -c "$LARGE" /dev/zero
  exit ;;
esac

has() { command -v "$1" >/dev/null 2>&1; }

clean() { tr -cd 'A-Za-z0-9.:_-' | cut -c 1-64; }

write() { printf '{"v":1,"done":%s,"checks":[%s]}' "$1" "$rows" >"$RESULT"; }

# add CHECK SUBJECT OUTCOME DETAIL
add() {
  row="[\"$1\",\"$2\",\"$3\",\"$(printf %s "$4" | clean)\"]"
  if [ $((${#rows} + ${#row})) -lt "$MOST" ]; then rows="$rows${rows:+,}$row"; else whole=false; fi
  write false
}

# connect HOST PORT: sets $outcome
connect() {
  if ! has nc; then outcome=unknown; return; fi
  # With -e, nc runs a program once it is connected, and is done. Some builds say why they fail only with -vv, and
  # others do not have it.
  if said=$(timeout 10 nc $verbose -w 5 "$1" "$2" -e true 2>&1); then outcome=ok; return; fi
  case $said in
  *refused*) outcome=refused ;;
  *'bad address'* | *'not known'* | *'not resolve'*) outcome=no-name ;;
  *unreachable* | *'o route'*) outcome=unreachable ;;
  *sage:*)
    outcome=unknown
    if [ -n "$verbose" ]; then
      verbose=''
      connect "$1" "$2"
    fi ;;
  *) outcome=timeout ;;
  esac
}

# lookup HOST: sets $address, empty if there is none; a host that is an address is its own
lookup() {
  case $1 in
  *:* | *[0-9].[0-9]*[0-9]) case $1 in *[!0-9a-fA-F.:]*) ;; *) address=$1; return ;; esac ;;
  esac
  address=$(timeout 15 nslookup "$1" 2>/dev/null | sed -n '/^Name:/,$ s/^Address[^:]*: *\([0-9A-Fa-f.:]*\).*/\1/p' | head -n 1)
}

# fetch SECONDS URL
fetch() { timeout "$1" wget -q -O - --no-check-certificate "$2"; }

# say LINE…: the first line that instance metadata answers to a request
say() { printf '%s\r\n' "$@" '' | timeout 5 nc -w 3 169.254.169.254 80 2>/dev/null | head -n 1; }

resolve() {
  if ! has nslookup; then add dns "$1" unknown no-nslookup; return; fi
  lookup "$2"
  if [ -n "$address" ]; then add dns "$1" ok "$address"; else add dns "$1" no-name ''; fi
}

check_dns() {
  resolve cluster kubernetes.default.svc.cluster.local
  resolve internet aws.amazon.com
}

# Without a token: any answer, even a refusal of the request or of this wget's TLS, proves the connection.
check_api_server() {
  host=${KUBERNETES_SERVICE_HOST:-} port=${KUBERNETES_SERVICE_PORT:-443} answer=''
  connect "$host" "$port"
  if [ "$outcome" = ok ] && has wget; then
    case $host in *:*) host="[$host]" ;; esac
    if said=$(fetch 15 "https://$host:$port/readyz" 2>&1); then answer=200
    else answer=$(printf %s "$said" | sed -n 's/.*HTTP\/1\.[01] \([0-9]*\).*/\1/p; s/.*TLS error from peer.*/tls/p' | head -n 1); fi
  fi
  add api-server '' "$outcome" "$answer"
}

check_internet() {
  connect "${INTERNET%:*}" "${INTERNET##*:}"
  add internet '' "$outcome" ''
  [ -n "$ECHO" ] || return
  if ! has wget; then add source-address '' unknown no-wget; return; fi
  # The answer may be the address alone, or an address in JSON.
  seen=$(fetch 20 "$ECHO" 2>/dev/null | head -c 1000 | tr -c '0-9a-fA-F.:' '\n' |
    sed -n -e '/^[0-9]*\.[0-9]*\.[0-9]*\.[0-9]*$/p' -e '/^[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*$/p' | head -n 1)
  if [ -n "$seen" ]; then add source-address '' ok "$seen"; else add source-address '' no-answer ''; fi
}

check_destinations() {
  for to in $TO; do
    host=${to%:*}
    host=${host#[}
    host=${host%]}
    lookup "$host"
    connect "$host" "${to##*:}"
    add destination "$to" "$outcome" "$address"
  done
}

check_endpoints() {
  for endpoint in $ENDPOINTS; do
    host=${endpoint#*=}
    lookup "$host"
    connect "$host" 443
    add endpoint "${endpoint%%=*}" "$outcome" "$address"
  done
}

# A token is only counted, never kept.
check_instance_metadata() {
  if ! has nc; then add instance-metadata '' unknown no-nc; return; fi
  case $(say 'GET /latest/meta-data/ HTTP/1.0' 'Host: 169.254.169.254') in
  *' 200'*) add instance-metadata '' reached imdsv1; return ;;
  esac
  case $(say 'PUT /latest/api/token HTTP/1.0' 'Host: 169.254.169.254' 'X-aws-ec2-metadata-token-ttl-seconds: 1') in
  *' 200'*) add instance-metadata '' reached imdsv2 ;;
  *) add instance-metadata '' none '' ;;
  esac
}

# Small and large answers of a probe: only the small one arrives where large packets are lost.
check_peer() {
  if ! has wget; then
    add zone "$1" ok ''
    add mtu "$1" unknown ''
    return
  fi
  add zone "$1" ok "$(fetch 10 "http://$2:$PORT/cgi-bin/seen" 2>/dev/null | sed 's/^\[//; s/\]$//; s/^::ffff://')"
  case $rows in *"[\"zone\",\"$1\",\"ok\",\"\"]") add mtu "$1" unknown ''; return ;; esac
  size=$(fetch 20 "http://$2:$PORT/cgi-bin/large" 2>/dev/null | wc -c)
  if [ "$size" -eq "$LARGE" ]; then add mtu "$1" ok "$size"; else add mtu "$1" stalled "$size"; fi
}

check_zones() {
  end=$(($(date +%s) + WAIT))
  while [ -n "$PEERS" ]; do
    later=''
    for peer in $PEERS; do
      connect "${peer#*=}" "$PORT"
      if [ "$outcome" = ok ]; then check_peer "${peer%%=*}" "${peer#*=}"
      elif [ "$outcome" = unknown ] || [ "$(date +%s)" -ge "$end" ]; then add zone "${peer%%=*}" "$outcome" ''
      else later="$later $peer"; fi
    done
    PEERS=$later
    [ -z "$PEERS" ] || sleep 3
  done
}

check_interface() {
  set +f
  for each in /sys/class/net/*/mtu; do
    case $each in */lo/*) ;; *) if [ -r "$each" ]; then add mtu interface ok "$(cat "$each")"; return; fi ;; esac
  done
  add mtu interface unknown ''
}

listen() {
  if has httpd; then
    timeout "$LISTEN" httpd -f -p "$PORT" -h "${0%/*}"
    exit 0
  fi
  end=$(($(date +%s) + LISTEN))
  while [ "$(date +%s)" -lt "$end" ]; do timeout 60 nc -l -p "$PORT" -e true || sleep 1; done
  exit 0
}

if [ "${1:-}" = listen ]; then listen; fi
whole=true
trap 'exit 0' TERM
write false
check_dns
check_api_server
check_interface
check_internet
check_destinations
check_endpoints
check_instance_metadata
check_zones
write "$whole"
