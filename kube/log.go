package kube

import (
	"log/slog"

	"k8s.io/klog/v2"
)

// LogTo sends what Kubernetes' libraries log to l, for the whole process; they
// write to stderr otherwise. Call it once, before anything else of this package.
// Errors that matter to the user are returned or told by watches, not logged.
func LogTo(l *slog.Logger) { klog.SetSlogLogger(l) }
