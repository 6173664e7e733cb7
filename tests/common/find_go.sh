# Sourced: sets GO to the Go toolchain that is used, which $GO may name: else `go` on PATH, else the
# newest of Debian's. Empty if there is none. What Go builds comes from here alone, not from the
# network.
: "${GO:=$(command -v go || find /usr/lib/go-*/bin/go 2>/dev/null | sort -V | tail -n 1)}"
export GO GO111MODULE=on GOPROXY=off GOFLAGS= GOTOOLCHAIN=local GOWORK=off
