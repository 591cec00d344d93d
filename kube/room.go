package kube

import (
	"fmt"
	"reflect"
	"sync"
	"time"
)

// roomBytes is how much memory is kept for the objects of one API server, however
// many lists there are: it holds 50,000 pods twice, as while they are listed anew.
const roomBytes = 64 << 20

// room is what the objects of one API server may take in memory.
type room struct {
	most int64

	mu   sync.Mutex
	used int64
}

// take takes n bytes, or none and says that they are too many. A negative n gives
// some back. It does nothing without a room.
func (r *room) take(n int64) error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n > 0 && r.used+n > r.most {
		return &excessError{what: fmt.Sprintf("more objects than %s of memory hold", size(r.most)), kept: true}
	}
	r.used += n
	return nil
}

// share is what one list takes of a room. It is for one goroutine.
type share struct {
	room  *room
	taken int64
}

func (s *share) take(n int64) error {
	if err := s.room.take(n); err != nil {
		return err
	}
	s.taken += n
	return nil
}

// end gives all of it back; nothing may be taken afterwards.
func (s *share) end() {
	_ = s.room.take(-s.taken) // there is always room for less
	s.taken = 0
}

// weigh returns how many bytes of memory a value takes, about.
func weigh[T any](item *T) int64 {
	v := reflect.ValueOf(item).Elem()
	return int64(v.Type().Size()) + beyond(v)
}

// smallest is what the smallest piece of memory takes.
const smallest = 16

var timeType = reflect.TypeFor[time.Time]()

// beyond returns what a value leads to, beside itself.
func beyond(v reflect.Value) int64 {
	switch v.Kind() {
	case reflect.String:
		return rounded(int64(v.Len()))
	case reflect.Slice:
		sum := rounded(int64(v.Cap()) * int64(v.Type().Elem().Size()))
		for i := range v.Len() {
			sum += beyond(v.Index(i))
		}
		return sum
	case reflect.Map:
		if v.IsNil() {
			return 0
		}
		const table = 4 * smallest // that is empty
		sum := table + 2*int64(v.Len())*int64(v.Type().Key().Size()+v.Type().Elem().Size())
		for each := v.MapRange(); each.Next(); {
			sum += beyond(each.Key()) + beyond(each.Value())
		}
		return sum
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return 0
		}
		return int64(v.Elem().Type().Size()) + smallest + beyond(v.Elem())
	case reflect.Struct:
		if v.Type() == timeType {
			return 0
		}
		var sum int64
		for i := range v.NumField() {
			sum += beyond(v.Field(i))
		}
		return sum
	default: // all of it is in the value itself
		return 0
	}
}

func rounded(n int64) int64 { return (n + smallest - 1) / smallest * smallest }
