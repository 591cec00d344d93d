package servers

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"culvert/e2e/clients/debian"
	"culvert/e2e/real"
)

// Namespace is where the pods are.
const Namespace = "default"

// The servers.
const (
	Postgres = "postgres"
	Redis    = "redis"
	Web      = "web" // nginx, and git behind it
	SSH      = "sshd"
	Streams  = "streams" // WebSockets and gRPC
)

// The ports.
const (
	PortPostgres  uint16 = 5432
	PortRedis     uint16 = 6379
	PortWeb       uint16 = 8080
	PortSSH       uint16 = 2222
	PortWebSocket uint16 = 8081
	PortGRPC      uint16 = 8082
)

// server is what a pod runs.
type server struct {
	name    string
	command []string
	user    int64
	ports   []uint16
	secrets []string // names of those that it gets
}

func all() []server {
	script := func(name string) []string { return []string{"/bin/bash", "/etc/culvert/" + name} }
	return []server{
		{Postgres, script("postgres.sh"), 101, []uint16{PortPostgres}, []string{"password", "tls.crt", "tls.key"}},
		{Redis, script("redis.sh"), 102, []uint16{PortRedis}, nil},
		{Web, script("web.sh"), 33, []uint16{PortWeb}, nil},
		{SSH, script("sshd.sh"), 0, []uint16{PortSSH}, []string{"host_key", "authorized_keys"}},
		{Streams, []string{"/server", "streams"}, 65534, []uint16{PortWebSocket, PortGRPC}, nil},
	}
}

// Secrets are the contents of the files in a pod's /secrets: password, tls.crt,
// tls.key, host_key, authorized_keys.
type Secrets map[string][]byte

// Pod returns the name of the pod of a server for one user of it.
func Pod(server, user string) string { return server + "-" + user }

// Start makes the image, and of the named servers a pod for each user, so that
// what a server tells of its clients is told of one user's. It returns when all
// are ready, with the packages of the image that were asked for by name. Program
// is the built package server, cache a folder for packages.
func Start(ctx context.Context, c *real.Cluster, cache, program string, secrets Secrets, names, users []string) ([]debian.Package, error) {
	set := packages()
	fetched, err := debian.Fetch(ctx, cache, set)
	if err != nil {
		return nil, fmt.Errorf("the servers' packages: %w", err)
	}
	low, err := layer(ctx, cache, fetched)
	if err != nil {
		return nil, err
	}
	if err := importImage(c, low, program); err != nil {
		return nil, err
	}
	var pods []string
	for _, s := range all() {
		if !slices.Contains(names, s.name) {
			continue
		}
		for _, user := range users {
			pod := Pod(s.name, user)
			pods = append(pods, pod)
			if err := s.create(ctx, c, pod, secrets); err != nil {
				return nil, fmt.Errorf("make the pod %s: %w", pod, err)
			}
		}
	}
	for _, pod := range pods {
		if err := await(ctx, c, pod); err != nil {
			return nil, err
		}
	}
	return set.Named(fetched), nil
}

func importImage(c *real.Cluster, low, program string) error {
	f, err := os.CreateTemp("", "servers-*.tar")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	err = writeOwnLayer(f, program)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	i := debian.Image{Ref: imageRef, Env: []string{"PATH=/usr/sbin:/usr/bin", "LC_ALL=C.UTF-8"}, Layers: []string{low, f.Name()}}
	return c.ImportImage(i.Write)
}

// create makes the pod and its Secret.
func (s server) create(ctx context.Context, c *real.Cluster, pod string, secrets Secrets) error {
	if len(s.secrets) > 0 {
		secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: Namespace, Name: pod}, Data: make(map[string][]byte)}
		for _, name := range s.secrets {
			secret.Data[name] = secrets[name]
		}
		if _, err := c.API().CoreV1().Secrets(Namespace).Create(ctx, secret, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	return c.CreatePod(ctx, s.manifest(pod))
}

func (s server) manifest(name string) *corev1.Pod {
	no, second := false, int64(1)
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: Namespace, Name: name, Labels: map[string]string{"app": name}},
		Spec: corev1.PodSpec{
			AutomountServiceAccountToken: &no, EnableServiceLinks: &no, TerminationGracePeriodSeconds: &second,
			SecurityContext: &corev1.PodSecurityContext{RunAsUser: &s.user, RunAsGroup: &s.user, FSGroup: &s.user},
			Volumes:         []corev1.Volume{{Name: "data", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
			Containers: []corev1.Container{{
				Name: s.name, Image: imageRef, ImagePullPolicy: corev1.PullNever, Command: s.command,
				VolumeMounts: []corev1.VolumeMount{{Name: "data", MountPath: "/data"}},
				// Of a readiness probe, a server would go on to tell as of a client.
				StartupProbe: &corev1.Probe{
					ProbeHandler:  corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(int32(s.ports[0]))}},
					PeriodSeconds: 1, FailureThreshold: 120,
				},
			}},
		},
	}
	for _, p := range s.ports {
		pod.Spec.Containers[0].Ports = append(pod.Spec.Containers[0].Ports, corev1.ContainerPort{ContainerPort: int32(p)})
	}
	if len(s.secrets) > 0 {
		mode := int32(0o440)
		pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{
			Name: "secrets", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: name, DefaultMode: &mode}},
		})
		pod.Spec.Containers[0].VolumeMounts = append(pod.Spec.Containers[0].VolumeMounts, corev1.VolumeMount{Name: "secrets", MountPath: "/secrets", ReadOnly: true})
	}
	return pod
}

// await returns when the pod is ready, or an error when its program has ended.
func await(ctx context.Context, c *real.Cluster, pod string) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	settled := func(p *corev1.Pod) bool { return real.Ready(p) || restarted(p) }
	p, err := c.AwaitPod(ctx, Namespace, pod, settled)
	if err == nil && !real.Ready(p) {
		err = fmt.Errorf("the pod %s has ended", pod)
	}
	if err != nil {
		log, lerr := Log(c, pod)
		if lerr != nil {
			log = lerr.Error()
		}
		return fmt.Errorf("%w\n%s", err, log)
	}
	return nil
}

// restarted says whether the pod's program has ended and was started again.
func restarted(p *corev1.Pod) bool {
	return p != nil && len(p.Status.ContainerStatuses) > 0 && p.Status.ContainerStatuses[0].RestartCount > 0
}

// Log returns what a pod has printed.
func Log(c *real.Cluster, pod string) (string, error) {
	return c.Kubectl("logs", "-n", Namespace, pod)
}

// Program is where the package server is built to, below the folder of programs.
func Program(cache string) string { return filepath.Join(cache, "bin", "clients-server") }

// Unclean returns the lines of a server's log that tell of trouble with a client.
func Unclean(server, log string) []string {
	var bad []string
	for line := range strings.Lines(log) {
		line = strings.TrimSpace(line)
		for _, sign := range signs(server) {
			if strings.Contains(line, sign) {
				bad = append(bad, line)
				break
			}
		}
	}
	return bad
}

// signs are what a server writes when a client was not as it should be.
func signs(server string) []string {
	switch server {
	case Postgres:
		return []string{"FATAL:", "ERROR:", "PANIC:", "WARNING:", "could not ", "unexpected EOF", "SSL error"}
	case Redis:
		return []string{" # "}
	case Web:
		return []string{"[error]", "[crit]", "[alert]", "fatal:", "error:"}
	case SSH:
		return []string{"error:", "fatal:", "Connection reset", "Connection closed by", "Timeout"}
	case Streams:
		return []string{"trouble:"}
	}
	return nil
}
