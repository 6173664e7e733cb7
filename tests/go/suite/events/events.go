// Package events has a type that is and one that is no json.Unmarshaler.
package events

import "encoding/json"

var raw json.RawMessage

type Event struct{}

func (e *Event) Dummy() {}
