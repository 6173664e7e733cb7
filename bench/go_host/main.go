// SPDX-License-Identifier: MIT

// The same measures for Go's own package plugin: see ../host/host.c. What this prints is
// "MEASURE PEER VALUE", times in nanoseconds.
package main

import (
	"fmt"
	"os"
	"plugin"
	"sort"
	"strconv"
	"time"
)

const (
	hotNames  = 16
	hotRounds = 1000
	reopens   = 200
	calls     = 50000
	chunks    = 21
)

var sink plugin.Symbol

func print(label, measure string, value float64) {
	fmt.Printf("%s.%s go %.2f\n", label, measure, value)
}

func openOrDie(path string) *plugin.Plugin {
	p, err := plugin.Open(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, "go:", err)
		os.Exit(1)
	}
	return p
}

func nanoseconds(start time.Time) float64 { return float64(time.Since(start).Nanoseconds()) }

// median of short runs: a long one would be interrupted by other programs.
func median(times []float64) float64 {
	sort.Float64s(times)
	return times[len(times)/2]
}

func measureChunks(operations int, run func()) float64 {
	var times []float64
	for i := 0; i < chunks; i++ {
		start := time.Now()
		run()
		times = append(times, nanoseconds(start)/float64(operations))
	}
	return median(times)
}

func measureOpen(label, directory string, count int) {
	var times []float64
	total := 0.0
	path := func(i int) string { return fmt.Sprintf("%s/p%05d.so", directory, i) }
	for i := 0; i < count; i++ {
		name := path(i)
		start := time.Now()
		openOrDie(name)
		times = append(times, nanoseconds(start))
		total += times[i]
	}
	print(label, "first-wall", times[0])
	print(label, "total-wall", total)
	print(label, "open-wall", median(times[1:]))
	name := path(count / 2)
	print(label, "reopen", measureChunks(reopens, func() {
		for i := 0; i < reopens; i++ {
			openOrDie(name)
		}
	}))
}

func lookupOrDie(p *plugin.Plugin, name string) plugin.Symbol {
	symbol, err := p.Lookup(name)
	if err != nil {
		fmt.Fprintln(os.Stderr, "go:", err)
		os.Exit(1)
	}
	return symbol
}

func measureLookup(label, file string, count int) {
	p := openOrDie(file)
	var names [hotNames]string
	for i := range names {
		names[i] = fmt.Sprintf("S%06d", i%count)
	}
	print(label, "lookup", measureChunks(hotRounds*hotNames, func() {
		for i := 0; i < hotRounds; i++ {
			for _, name := range names {
				sink = lookupOrDie(p, name)
			}
		}
	}))
}

func measureInt(label, file string) {
	p := openOrDie(file)
	found := 0
	print(label, "typed", measureChunks(calls, func() {
		for i := 0; i < calls; i++ {
			if _, ok := lookupOrDie(p, "V").(*int32); ok {
				found++
			}
		}
	}))
	if found != calls*chunks {
		os.Exit(1)
	}
}

func main() {
	label := os.Args[2]
	switch os.Args[1] {
	case "open":
		count, _ := strconv.Atoi(os.Args[4])
		measureOpen(label, os.Args[3], count)
	case "lookup":
		count, _ := strconv.Atoi(os.Args[4])
		measureLookup(label, os.Args[3], count)
	case "int":
		measureInt(label, os.Args[3])
	}
}
