#!/bin/sh
# Installs transformers, Temporal's Python SDK and axe into .peers/, holds what temper exports against the first,
# has a run judged by a reward that is written with the second, and looks for faults of the report in chromium with the third.
# Where it cannot be had, that is one line and no failure: the check is an extra.
set -eu
cd "$(dirname "$0")/.."
packages="transformers==5.24.0 tokenizers==0.23.3 temporalio==1.35.0 boto3==1.44.8"
axe="axe-playwright-python==0.1.8" # for the script in it
python=${PYTHON:-python3}
absent() {
	echo "peers: not checked: $1"
	exit 0
}
if [ "$(cat .peers/installed 2>/dev/null || true)" != "$packages $axe" ]; then
	rm -rf .peers
	"$python" -m venv .peers >/dev/null 2>&1 || absent "$python -m venv does not work here (Debian: apt install python3-venv)"
	# shellcheck disable=SC2086
	.peers/bin/python -m pip install --quiet --disable-pip-version-check $packages >.peers/install.log 2>&1 ||
		absent "pip cannot install $packages ($(tail -n 1 .peers/install.log))"
	.peers/bin/python -m pip install --quiet --disable-pip-version-check --no-deps $axe >.peers/install.log 2>&1 ||
		absent "pip cannot install $axe ($(tail -n 1 .peers/install.log))"
	echo "$packages $axe" >.peers/installed
fi
exec ${GO:-go} test -count=1 -timeout 30m -run '^TestPeers' -v ./starter ./worker ./model/report
