# shellcheck shell=bash
# Puts the role of this member on its pod. Sourced. The images have no HTTP client, but openssl.
account=/var/run/secrets/kubernetes.io/serviceaccount
role_label=greenfield.dev/role

# patch POD TYPE BODY: prints the status of the answer.
patch() {
  local status
  { printf 'PATCH /api/v1/namespaces/%s/pods/%s HTTP/1.1\r\nHost: kubernetes.default.svc\r\nConnection: close\r\n' "$(cat $account/namespace)" "$1"
    printf 'Authorization: Bearer %s\r\nContent-Type: application/%s\r\nContent-Length: %d\r\n\r\n%s' "$(cat $account/token)" "$2" "${#3}" "$3"
  } | timeout 5 openssl s_client -quiet -verify_quiet -verify_return_error -CAfile $account/ca.crt -verify_hostname kubernetes.default.svc \
    -connect "$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT" 2>/dev/null | { read -r _ status _; cat >/dev/null; echo "${status:-none}"; }
}

labelled='?' again=0
# label ROLE: primary, replica, or nothing. Asks the API only when it has changed, and from time to time. One that is lost
# cannot take its role away: the new primary does, else the Service would go on to lead to both.
label() {
  local value=null i result
  [[ $1 != "$labelled" || $SECONDS -ge $again ]] || return 0
  [[ -z $1 ]] || value="\"$1\""
  result=$(patch "$HOSTNAME" merge-patch+json "{\"metadata\":{\"labels\":{\"$role_label\":$value}}}")
  if [[ $1 = primary ]]; then
    for i in 0 1 2; do
      [[ $HOSTNAME = "mysql-$i" ]] && continue
      # Refused with 422 when it is no primary.
      [[ $(patch "mysql-$i" json-patch+json "[{\"op\":\"test\",\"path\":\"/metadata/labels/${role_label/\//\~1}\",\"value\":\"primary\"},{\"op\":\"remove\",\"path\":\"/metadata/labels/${role_label/\//\~1}\"}]") = @(200|404|422) ]] || result=none
    done
  fi
  if [[ $result = 200 ]]; then labelled=$1 again=$((SECONDS + 30)); else printf 'cannot put the role "%s" on the pod: the Kubernetes API answers %s\n' "$1" "$result"; fi
}
