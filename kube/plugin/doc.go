// Package plugin runs credential plugins under supervision. client-go starts a
// plugin and waits for it without a time limit, and leaves it alone when its own
// process ends. So it is given this program as the plugin instead, which runs the
// real one: see [Job.Command] and [Run].
//
// The plugin has no terminal: its input is /dev/null, and it is in a session of
// its own. It is killed, with its process group, when its time is over, when the
// program that wants the credentials is gone, and on SIGINT, SIGTERM and SIGHUP.
// What it prints is bounded, and what it leaves in the background keeps nobody
// waiting. Where there are no process groups there is no supervision.
package plugin
