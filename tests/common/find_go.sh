# SPDX-License-Identifier: MIT
# Sourced: sets GO to the Go command: $GO, else `go` on PATH, else the newest of Debian's, else empty.
# Keeps Go from the network.
: "${GO:=$(command -v go || find /usr/lib/go-*/bin/go 2>/dev/null | sort -V | tail -n 1)}"
export GO GO111MODULE=on GOPROXY=off GOFLAGS= GOTOOLCHAIN=local GOWORK=off
