// Package ui is the window. It draws from snapshots of package tunnels and from
// what a [Catalog] knows of clusters, and hands what the user does to a
// [Tunnels]. It never imports the toolkit's driver: main does.
//
// # Threads
//
// Everything belongs to the toolkit's goroutine, but for browser, which has a
// lock, and App's latest snapshot, which is atomic. [App.do] is the one way
// back to that goroutine. Nothing there waits: verbs run in goroutines that
// [App.Close] waits for, and their errors come back as state of the row.
//
// # Drawing
//
// Changes mark a pump, which calls [App.apply] at once and then at most ten
// times a second. apply turns snapshot, catalog and what the user has chosen
// into plain views (present.go, reason.go, fixes.go, conflict.go, table.go,
// tree.go, lack.go, form.go, facts.go, signin_form.go, contextverbs.go,
// importview.go: pure functions) and hands each to its widget, which touches only
// what differs.
// Services, workloads and pods come from the catalog as offers (offer.go), made
// where they are watched and not for each drawing: there may be ten thousand.
// The Cluster tree (treerows.go) is drawn when the catalog has news or the user
// has opened something; its lines are made when they come into sight.
// Widgets keep the view they show and nothing else about tunnels.
//
// The sheet for a tunnel has one truth, its form (form.go): the fields change it, and
// so does the quick line, which [culvert/tunnels/command] reads. The line names some
// fields, which follow it while one types; a change of a field writes the line anew.
// Its rows of ports are the form's pairs (portrows.go). What stands there is tried
// away from the toolkit's goroutine: local ports once one has stopped typing
// (portlook.go), the way to the pod when the user asks for it (trial.go).
//
// Who has a local port that a tunnel wants, and which one is free, is looked at
// while that tunnel's details are open, at most every five seconds
// (conflict_look.go).
//
// # Signing in
//
// What changes contexts goes through an [Access], which the demo lacks: then
// nothing of it is offered. Tokens and passwords are in the fields of the open
// sheet and in the request that is under way, and nowhere else; closing the sheet
// empties the fields. A certificate is trusted, and what an imported file runs is
// allowed, by a click on what is shown at that moment and in no other way.
package ui
