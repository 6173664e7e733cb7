// SPDX-License-Identifier: MIT

// HashiCorp's go-plugin with net/rpc, its default. A call back goes over a connection of its broker,
// which both sides keep. The loops are those of measure.h.
package main

import (
	"fmt"
	"io/ioutil"
	"log"
	"net/rpc"
	"os"
	"os/exec"
	"sort"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

const (
	calls   = 20001
	pauses  = 101
	pause   = time.Millisecond
	longest = 300 * time.Millisecond
)

// ---- the plugin ----

type served struct {
	broker *plugin.MuxBroker
	host   *rpc.Client
}

func (*served) Nothing(_ int, _ *int) error              { return nil }
func (*served) Value(value [64]byte, result *int) error  { *result = int(value[63]); return nil }
func (*served) Length(text string, result *int) error    { *result = len(text); return nil }
func (*served) First(megabyte []byte, result *int) error { *result = int(megabyte[0]); return nil }
func (s *served) Back(number int, result *int) error {
	return s.host.Call("Plugin.Next", number, result)
}
func (s *served) Connect(broker uint32, _ *int) error {
	connection, err := s.broker.Dial(broker)
	if err == nil {
		s.host = rpc.NewClient(connection)
	}
	return err
}

// ---- the host ----

type passed struct{}

func (passed) Next(number int, result *int) error { *result = number + 1; return nil }

func connect(broker *plugin.MuxBroker, client *rpc.Client) (interface{}, error) {
	id := broker.NextId()
	go broker.AcceptAndServe(id, passed{})
	return client, client.Call("Plugin.Connect", id, new(int))
}

// What go-plugin wants of both.
type both struct{}

func (both) Server(broker *plugin.MuxBroker) (interface{}, error) {
	return &served{broker: broker}, nil
}
func (both) Client(broker *plugin.MuxBroker, client *rpc.Client) (interface{}, error) {
	return connect(broker, client)
}

func median(values []time.Duration) int64 {
	sort.Slice(values, func(i, k int) bool { return values[i] < values[k] })
	return values[len(values)/2].Nanoseconds()
}

func measure(client *rpc.Client, name, method string, argument interface{}, expected int) {
	call := func() time.Duration {
		result := 0
		start := time.Now()
		err := client.Call("Plugin."+method, argument, &result)
		used := time.Since(start)
		if err != nil || result != expected {
			log.Fatal(method, ": ", result, err)
		}
		return used
	}
	values := []time.Duration{}
	for sum := time.Duration(0); len(values) < calls && sum < longest; sum += values[len(values)-1] {
		values = append(values, call())
	}
	fmt.Printf("rpc.%s go-plugin %d\n", name, median(values))
	values = nil
	for len(values) < pauses {
		time.Sleep(pause)
		values = append(values, call())
	}
	fmt.Printf("rpc-pause.%s go-plugin %d\n", name, median(values))
}

func main() {
	handshake := plugin.HandshakeConfig{MagicCookieKey: "BENCH", MagicCookieValue: "rpc"}
	plugins := plugin.PluginSet{"calls": both{}}
	if os.Getenv("BENCH") != "" {
		plugin.Serve(&plugin.ServeConfig{HandshakeConfig: handshake, Plugins: plugins})
		return
	}
	client := plugin.NewClient(&plugin.ClientConfig{
		HandshakeConfig: handshake, Plugins: plugins, Cmd: exec.Command(os.Args[0]),
		Logger: hclog.New(&hclog.LoggerOptions{Output: ioutil.Discard})})
	defer client.Kill()
	protocol, err := client.Client()
	if err != nil {
		log.Fatal(err)
	}
	raw, err := protocol.Dispense("calls")
	if err != nil {
		log.Fatal(err)
	}
	own := raw.(*rpc.Client)
	value := [64]byte{63: 1}
	megabyte := make([]byte, 1<<20)
	megabyte[0] = 1
	measure(own, "nothing", "Nothing", 0, 0)
	measure(own, "value", "Value", value, 1)
	measure(own, "string", "Length", strings.Repeat("0123456789", 10), 100)
	measure(own, "megabyte", "First", megabyte, 1)
	measure(own, "back", "Back", 0, 1)
}
