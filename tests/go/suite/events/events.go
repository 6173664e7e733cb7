// Package events has one type that is a json.Unmarshaler and one that is not.
package events

import "encoding/json"

var raw json.RawMessage

type Event struct{}

func (e *Event) Dummy() {}
