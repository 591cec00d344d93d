package peers

import (
	"context"
	"slices"
)

// Row is one line of the table.
type Row struct {
	Name   string // short and unique
	Faults string // their numbers in docs/faults.md
	What   string // is done, in one sentence
	Long   bool   // takes much longer than the others
	alone  bool   // hurts what others need
	do     func(ctx context.Context, s *scene) error
}

// Rows returns all rows in the order in which they are done.
func Rows() []Row {
	return slices.Concat(startRows(), targetRows(), podRows(), transferRows(), manyRows(), networkRows(), accessRows(), clusterRows())
}
