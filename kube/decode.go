package kube

import (
	"encoding/json"
	"fmt"
)

// decodeList reads a list item by item, so that only one of them is in memory
// as JSON, and calls each for every one, until that returns an error.
func decodeList[O any](r *boundedReader, each func(*O) error) (listMeta, error) {
	var meta listMeta
	dec := json.NewDecoder(r)
	if err := expect(dec, '{'); err != nil {
		return meta, err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return meta, err
		}
		r.renew()
		switch key {
		case "metadata":
			err = dec.Decode(&meta)
		case "items":
			err = decodeItems(r, dec, each)
		default:
			err = dec.Decode(new(json.RawMessage))
		}
		if err != nil {
			return meta, fmt.Errorf("read %s: %w", shown(key), presentable(err))
		}
		r.renew()
	}
	return meta, expect(dec, '}')
}

func decodeItems[O any](r *boundedReader, dec *json.Decoder, each func(*O) error) error {
	start, err := dec.Token()
	if err != nil || start == nil { // null is an empty list
		return err
	}
	if start != json.Delim('[') {
		return &decodeError{shown(start) + " is no list"}
	}
	for dec.More() {
		r.renew()
		item := new(O)
		if err := dec.Decode(item); err != nil {
			return err
		}
		if err := each(item); err != nil {
			return err
		}
		r.renew()
	}
	return expect(dec, ']')
}

func expect(dec *json.Decoder, want json.Delim) error {
	got, err := dec.Token()
	if err == nil && got != want {
		err = &decodeError{fmt.Sprintf("found %s where %v belongs", shown(got), want)}
	}
	return err
}

// decodeError is JSON of another shape than a list's.
type decodeError struct{ what string }

func (e *decodeError) Error() string { return e.what }

// shown is a token of the server's in an error.
func shown(token json.Token) string { return clean(fmt.Sprint(token), mostText) }
