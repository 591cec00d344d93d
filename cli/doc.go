// Package cli is the command line: one file per verb. It knows neither the
// window nor which clusters there are beyond what package kube tells; main
// hands it a way to open the window, or none.
package cli
