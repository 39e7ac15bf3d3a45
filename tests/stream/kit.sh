# What the tests of this folder begin with: their arguments, and how much they ask for.
program=$1
weave=$2
carrier=$3
samples=$4
pieces=$5
here=$(dirname "$(readlink -f "$0")")
compare=$here/../bench/compare
command -v python3 >/dev/null || { echo "no python3: skipped"; exit 77; }
scratch=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$scratch"' EXIT
fail() { echo "FAILED: $*"; exit 1; }

# AddressSanitizer keeps what was freed, and takes its time: of the sizes a fifth is enough.
keeps_freed() { [[ $(ldd "$program") == *libasan* ]]; }
share=1
keeps_freed && share=5
calls=$((9000 / share)) # of a carrier
middle=$((calls * 48 / 100))

# KiB that COMMAND... takes
peak() {
	python3 - "$@" <<'PY'
import resource, subprocess, sys
assert subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode < 2
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
PY
}
