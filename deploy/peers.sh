#!/bin/sh
# Installs transformers and Temporal's Python SDK into .peers/, holds what temper exports against the one,
# and has a run judged by a reward that is written with the other.
# Where it cannot be had, that is one line and no failure: the check is an extra.
set -eu
cd "$(dirname "$0")/.."
packages="transformers==5.24.0 tokenizers==0.23.3 temporalio==1.35.0 boto3==1.44.8"
python=${PYTHON:-python3}
absent() {
	echo "peers: not checked: $1"
	exit 0
}
if [ "$(cat .peers/installed 2>/dev/null || true)" != "$packages" ]; then
	rm -rf .peers
	"$python" -m venv .peers >/dev/null 2>&1 || absent "$python -m venv does not work here (Debian: apt install python3-venv)"
	# shellcheck disable=SC2086
	.peers/bin/python -m pip install --quiet --disable-pip-version-check $packages >.peers/install.log 2>&1 ||
		absent "pip cannot install $packages ($(tail -n 1 .peers/install.log))"
	echo "$packages" >.peers/installed
fi
exec ${GO:-go} test -count=1 -timeout 30m -run '^TestPeers' -v ./starter ./worker
