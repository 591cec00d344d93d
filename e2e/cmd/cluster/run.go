package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"culvert/e2e/real"
)

// run keeps a cluster until it is told to end.
func run() error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	options, err := real.OptionsFromEnv()
	if err != nil {
		return err
	}
	c, err := real.Start(ctx, options)
	if err != nil {
		return err
	}
	err = errors.Join(c.ApplyDemo(ctx), record(c))
	if err == nil {
		fmt.Printf("the cluster is up; KUBECONFIG=%s\nfrom another terminal: go run ./cmd/cluster exec PROGRAM, or kubectl ARG…\n", c.Kubeconfig())
		<-ctx.Done()
	}
	return errors.Join(err, forget(), c.Stop())
}

// up starts run in a session of its own and returns when the cluster is up.
func up() error {
	if s, err := recorded(); err == nil && s.alive() {
		return errors.New("a cluster is up already: end it with down")
	}
	if err := forget(); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	// The program may be one that go run removes when up has returned: that is
	// all right, for it is in use.
	cmd := exec.CommandContext(context.Background(), self, "run")
	log, err := upLog()
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	fmt.Printf("bringing a cluster up; what it does is told in %s\n", log.Name())
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }() // ends with this process
	for tick := time.Tick(50 * time.Millisecond); ; <-tick {
		if s, err := recorded(); err == nil && s.alive() {
			fmt.Printf("up; KUBECONFIG=%s\n", s.Kubeconfig)
			return nil
		}
		select {
		case err := <-ended:
			said, rerr := os.ReadFile(log.Name())
			return errors.Join(fmt.Errorf("the cluster has ended: %w\n%s", err, said), rerr)
		default:
		}
	}
}

// upLog makes the file that takes what the background process prints.
func upLog() (*os.File, error) {
	options, err := real.OptionsFromEnv()
	if err != nil {
		return nil, err
	}
	cache, err := options.CacheDir()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	return os.Create(filepath.Join(cache, "up.log"))
}

// down ends the cluster in the background and waits for that.
func down() error {
	s, err := recorded()
	if err != nil || !s.alive() {
		return errors.Join(errors.New("no cluster is up"), forget())
	}
	if err := syscall.Kill(s.PID, syscall.SIGTERM); err != nil {
		return err
	}
	for tick := time.Tick(20 * time.Millisecond); s.alive(); {
		<-tick
	}
	return nil
}

// execute becomes a program in the cluster's network; an empty name means
// kubectl.
func execute(name string, args []string) error {
	s, err := recorded()
	if err != nil || !s.alive() {
		return errors.New("no cluster is up: start one with up")
	}
	if name == "" {
		name = s.Kubectl
	}
	argv := append([]string{s.Node, "exec", fmt.Sprint(os.Getpid()), s.NetNS, name}, args...)
	cmd := exec.CommandContext(context.Background(), argv[0], argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "KUBECONFIG="+s.Kubeconfig)
	// Ctrl-C goes to the program too, which has the say. To ignore it here would
	// make the program ignore it.
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, os.Interrupt)
	err = cmd.Run()
	var status *exec.ExitError
	if errors.As(err, &status) {
		os.Exit(status.ExitCode())
	}
	return err
}

func logs() error {
	s, err := recorded()
	if err != nil || !s.alive() {
		return errors.New("no cluster is up: start one with up")
	}
	fmt.Print(real.TailLogs(s.Logs))
	return nil
}
