package content

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"
)

func TestRows(t *testing.T) {
	const count = 300
	all, err := io.ReadAll(Rows(count * rowSize))
	if err != nil || len(all) != count*rowSize {
		t.Fatalf("%d bytes: %v", len(all), err)
	}
	if bytes.ContainsAny(all, "\\\t\r\x00") {
		t.Error("a row holds what COPY would understand otherwise")
	}
	seen := make(map[string]bool)
	for line := range bytes.Lines(all) {
		seen[string(line)] = true
	}
	if len(seen) != count {
		t.Errorf("%d different rows, want %d", len(seen), count)
	}
	again, err := io.ReadAll(iotest.OneByteReader(Rows(count * rowSize)))
	if err != nil || !bytes.Equal(again, all) {
		t.Errorf("read in other pieces it is something else: %v", err)
	}
}

func TestNoise(t *testing.T) {
	one, err := io.ReadAll(Noise(1, 1000))
	if err != nil || len(one) != 1000 {
		t.Fatalf("%d bytes: %v", len(one), err)
	}
	other, err := io.ReadAll(Noise(2, 1000))
	if err != nil || bytes.Equal(one, other) {
		t.Errorf("two seeds make the same: %v", err)
	}
}

func TestHistory(t *testing.T) {
	var b bytes.Buffer
	if err := History(&b); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(b.Bytes(), []byte("commit refs/heads/main\n")); n != Commits {
		t.Errorf("%d commits, want %d", n, Commits)
	}
	if b.Len() < Commits*FilesPerCommit*FileSize {
		t.Errorf("%d bytes are too few", b.Len())
	}
}
