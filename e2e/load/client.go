package load

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
)

// Client lets a process do a job: cmd, which has not been started, calls [Main].
// While is called when the job is done and its connections are still there; it
// may be nil. The process is gone when Client returns.
func Client(ctx context.Context, cmd *exec.Cmd, j Job, while func(Result) error) (Result, error) {
	var r Result
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return r, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return r, err
	}
	if err := cmd.Start(); err != nil {
		return r, err
	}
	// The process knows nothing of ctx.
	defer context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })()
	err = json.NewEncoder(in).Encode(j)
	if err == nil {
		err = json.NewDecoder(out).Decode(&r)
	}
	if err == nil && while != nil {
		err = while(r)
	}
	if cerr := in.Close(); err == nil {
		err = cerr
	}
	if _, rerr := io.Copy(io.Discard, out); err == nil {
		err = rerr
	}
	if werr := cmd.Wait(); err == nil {
		err = werr
	}
	if err != nil {
		return r, fmt.Errorf("the client: %w", err)
	}
	return r, nil
}
