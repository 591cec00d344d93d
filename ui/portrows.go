package ui

import (
	"slices"
	"strings"

	"culvert/tunnels"
)

// portRow is a pair of ports as its two fields have it.
type portRow struct {
	local  string // a number, or sameWord; empty for a random one
	remote string // a number or a name
}

// What one may type for a local port that is no number.
const (
	sameWord  = "same" // the number behind the remote port's name
	anyWord   = "random"
	emptyPair = ":" // a row in which nothing has been typed yet
)

// pairs are the pairs of ports, but for those that are still empty.
func (f form) pairs() []string {
	return slices.DeleteFunc(words(f.ports), func(w string) bool { return w == emptyPair })
}

// begunPairs are the pairs to judge while one types: of those that have no remote
// port yet only the local one.
func (f form) begunPairs() []string {
	var out []string
	for _, w := range f.pairs() {
		local, remote, pair := strings.Cut(w, ":")
		if pair && remote == "" {
			if (portRow{local, "1"}).fits() {
				continue
			}
			w = local + ":1"
		}
		out = append(out, w)
	}
	return out
}

// fits says whether a row is a pair.
func (r portRow) fits() bool {
	_, ok := r.mapping()
	return ok
}

// rows are the pairs, one below the other; there is at least one.
func (f form) rows() []portRow {
	var out []portRow
	for _, w := range words(f.ports) {
		out = append(out, pairRow(w))
	}
	if len(out) == 0 {
		out = []portRow{{}}
	}
	return out
}

// pairRow reads a pair as far as it goes.
func pairRow(word string) portRow {
	local, remote, pair := strings.Cut(word, ":")
	switch {
	case pair:
		return portRow{local, remote}
	case strings.Trim(word, "0123456789") == "":
		return portRow{word, word}
	}
	return portRow{sameWord, word}
}

// word is the row as a pair, which pairRow reads back.
func (r portRow) word() string {
	local, remote := joinWords(r.local), joinWords(r.remote)
	switch {
	case local == anyWord:
		return ":" + remote
	case local == sameWord && remote != "", local == remote && remote != "":
		return remote
	}
	return local + ":" + remote
}

func joinWords(s string) string { return strings.Join(words(s), "") }

// setRow returns the pairs with another row i; a row beyond the last one is added.
func (f form) setRow(i int, r portRow) string {
	rows := f.rows()
	for len(rows) <= i {
		rows = append(rows, portRow{})
	}
	rows[i] = r
	return pairsOf(rows)
}

// dropRow returns the pairs without row i.
func (f form) dropRow(i int) string {
	rows := f.rows()
	if i < len(rows) {
		rows = slices.Delete(rows, i, i+1)
	}
	return pairsOf(rows)
}

// pairsOf are rows as one text; empty when nothing is in them.
func pairsOf(rows []portRow) string {
	out := make([]string, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.word())
	}
	if len(out) == 1 && out[0] == emptyPair {
		return ""
	}
	return strings.Join(out, " ")
}

// mapping is the pair that a row means; false while it cannot be.
func (r portRow) mapping() (tunnels.Mapping, bool) {
	m, err := tunnels.ParseMapping(r.word())
	return m, err == nil
}

// withRemote returns the row with another remote port. The first one that a row gets
// is its local port too, where nothing was typed for that and most systems let one
// listen there.
func (r portRow) withRemote(remote string) portRow {
	if p, err := tunnels.ParsePort(remote); err == nil && r == (portRow{}) && p.Number >= 1024 {
		return portRow{remote, remote}
	}
	return portRow{r.local, remote}
}
