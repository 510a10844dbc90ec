# shellcheck shell=bash
# What the image builds share. Sourced with GF_IMAGE, GF_NAME, GF_CACHE and the version rows in the environment.

# step N M TEXT: progress for whoever started the build.
step() { printf '::step %s/%s %s\n' "$1" "$2" "$3"; }

# rootfs SUITE FOLDER PACKAGES: a minimal Debian in FOLDER. Made from packages alone; documentation is left out.
rootfs() {
  local suite=$1 folder=$2 packages=$3 mirror
  mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[.*\] \)\?\(http[^ ]*\) .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -n 1 || true)
  debootstrap --variant=minbase ${packages:+--include="$packages"} "$suite" "$folder" "${mirror:-http://deb.debian.org/debian}" >"$folder.log" 2>&1 ||
    { tail -n 20 "$folder.log" >&2; return 1; }
  rm -rf "$folder"/var/cache/apt/archives/*.deb "$folder"/var/lib/apt/lists/* "$folder"/usr/share/{doc,man,info,locale,lintian}/* \
    "$folder"/var/log/*.log "$folder/debootstrap"
  cat >"$folder/etc/dpkg/dpkg.cfg.d/slim" <<'SLIM'
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/info/*
path-exclude=/usr/share/locale/*
SLIM
  # Builds behind a proxy that re-signs TLS work only with this machine's own authorities.
  install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$folder/etc/ssl/certs/ca-certificates.crt"
}

# build_dockerfile: builds ./Dockerfile as GF_IMAGE with the needed images and version rows as build arguments.
# On the host's network, where names are resolved and package registries reached as on the host itself.
build_dockerfile() {
  local arguments=(--network host --tag "$GF_IMAGE" --label "greenfield.dev/image=$GF_NAME") name
  for name in $(sed -n 's/^ARG \([A-Z_]*\).*/\1/p' Dockerfile | sort -u); do
    local needed=GF_IMAGE_$name
    if [[ -n ${!needed:-} ]]; then arguments+=(--build-arg "$name=${!needed}")
    elif [[ -n ${!name:-} ]]; then arguments+=(--build-arg "$name=${!name}"); fi
  done
  DOCKER_BUILDKIT=0 docker build "${arguments[@]}" . 2> >(grep -v -e 'DEPRECATED' -e 'BuildKit' -e 'buildx' -e '^$' >&2)
}
