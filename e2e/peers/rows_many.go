package peers

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"culvert/e2e/load"
	"culvert/kube/kubetest/demopod"
)

// manyRows are about many connections, and about the end.
func manyRows() []Row {
	return []Row{
		{
			Name: "1,000 connections at once", Faults: "50", alone: true,
			What: "1,000 connections, 50 being made at a time, echo and stay; one peer after the other.",
			do:   many(load.Job{Kind: load.Hold, Conns: 1000}, 1000),
		},
		{
			Name: "3,000 short connections", Faults: "51", alone: true, Long: true,
			What: "3,000 connections echo and end, 32 at a time; one peer after the other.",
			do:   many(load.Job{Kind: load.Short, Conns: 32, Count: 3000}, 3000),
		},
		{
			Name: "descriptors run out", Faults: "8",
			What: "A peer that may have 128 descriptors gets 300 connections, which end after 3 s.",
			do:   exhausted,
		},
		{
			Name: "asked to end in a download", Faults: "61",
			What: "The peer is asked to end by SIGTERM while a client has left a download of 1 GiB half read.",
			do:   asked,
		},
	}
}

// many does a job through one peer after the other.
func many(job load.Job, of int) func(context.Context, *scene) error {
	return func(ctx context.Context, s *scene) error {
		pod, err := s.newPod(ctx, nil)
		if err != nil {
			return err
		}
		if err := s.launch(namespace, "pod/"+pod, fmt.Sprint(echoPort)); err != nil {
			return err
		}
		s.served(ctx)
		self, err := os.Executable()
		if err != nil {
			return err
		}
		for _, u := range s.all {
			job := job
			job.Echo = u.addr(0)
			r, err := load.Client(ctx, u.at().Command(self, LoadVerb), job, nil)
			if err != nil {
				return err
			}
			u.o.Beside, u.o.Of = r.Done, of
		}
		s.after(ctx)
		return nil
	}
}

// Of more connections than there are descriptors.
const (
	descriptors = 128
	tooMany     = 300
)

func exhausted(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	limit := strconv.Itoa(descriptors)
	s.wrap = []string{"prlimit", "--nofile=" + limit + ":" + limit}
	if err := s.launch(namespace, "pod/"+pod, fmt.Sprint(echoPort)); err != nil {
		return err
	}
	s.served(ctx)
	s.each(func(u *subject) {
		var all []net.Conn
		for range tooMany {
			conn, err := u.at().Dial(ctx, "tcp", u.addr(0))
			if err != nil {
				break // it takes no more
			}
			all = append(all, conn)
		}
		pause(ctx, 3*time.Second)
		for _, conn := range all {
			conn.Close()
		}
	})
	s.after(ctx)
	return nil
}

// endPatience is how long a peer may take to end.
const endPatience = 10 * time.Second

func asked(ctx context.Context, s *scene) error {
	pod, err := s.newPod(ctx, nil)
	if err != nil {
		return err
	}
	if err := s.launch(namespace, "pod/"+pod, fmt.Sprint(echoPort), fmt.Sprint(demopod.PortSource)); err != nil {
		return err
	}
	s.served(ctx)
	errs := make(chan error, len(s.all))
	s.each(func(u *subject) { errs <- u.askedToEnd(ctx) })
	close(errs)
	var all []error
	for err := range errs {
		all = append(all, err)
	}
	return errors.Join(all...)
}

func (u *subject) askedToEnd(ctx context.Context) error {
	got, err := u.download(ctx, 1<<30)
	if err != nil {
		return err
	}
	if err := got.some(4 << 20); err != nil {
		return err
	}
	took, err := u.process.stop(endPatience)
	if err != nil {
		return err
	}
	u.o.Stopped, u.o.Killed = took.Seconds(), took >= endPatience
	l, err := u.c.Listen(ctx, "tcp", u.addr(0))
	if u.o.PortFree = err == nil; err == nil {
		l.Close()
	}
	u.o.Transfer = got.rest(endPatience)
	return nil
}
