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
// times a second, or four while there is no end to them; that a tunnel has come, gone or
// changed its state is drawn within a tenth of a second all the same. apply turns snapshot, catalog and what the user has chosen
// into plain views (present.go, reason.go, fixes.go, conflict.go, table.go,
// grouping.go, sortorder.go, picks.go, rowtips.go, tree.go, lack.go, form.go,
// facts.go, connections.go, timeline.go, banner.go, signin_form.go,
// contextverbs.go, importview.go, profiles.go, profilemenu.go: pure functions) and hands each to its widget,
// which touches only what differs. The table writes into the dozen rows that are
// visible and lays its list out only when rows come, go or change their places.
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
// # Profiles
//
// Where tunnels are kept in profiles (Deps.Profiles), the window can be narrowed to
// one: then the table, the counts, Start all and Stop all are of its tunnels, and new
// ones are kept in it (profiles.go). The number beside each row of the rail is how many
// tunnels a click on it shows. The rail lists profiles once the user has made something
// of them (railprofiles.go). A tunnel has the tags of its profile too. What a menu of a
// profile, a drag or the sheet asks for is done away from the toolkit's goroutine and
// shown when the watch tells of it; while a profile's file cannot be read, what would
// write it is refused with the reason, and what was typed stays.
//
// A profile of guests has been brought by a file (guests.go): it is marked by its icon
// and the words "from a file", nothing is offered that would change it, and what is
// asked for in spite of that is refused before one types. Its tunnels can be moved to a
// profile, and not back.
//
// # Another process
//
// Tunnels, profiles and settings may be another process's (home.go), and then each call
// takes its time: none is made on the toolkit's goroutine. Settings are asked for in the
// background (settings.go). Where the tunnels run elsewhere, the end of the window stops
// none, and is not asked about. When that process ends, the engine goes on by itself, see
// [culvert/tunnels/attach]; the window offers to start what was lost.
//
// # The frame
//
// Keys are one table (keys.go) that both dispatches them and is listed by F1. A
// banner (banner.go) tells the worst fact that needs the user and that no row in
// view tells. All that the user starts goes through [App.startAsked], which asks
// first where that leads to production or lets other computers in. Widgets that
// tell something of themselves are parts.Tipped. How the window was left is a
// memory (remember.go), which a [Memory] keeps.
//
// # Signing in
//
// What changes contexts goes through an [Access], which the demo lacks: then
// nothing of it is offered. Tokens and passwords are in the fields of the open
// sheet and in the request that is under way, and nowhere else; closing the sheet
// empties the fields. A certificate is trusted, and what an imported file runs is
// allowed, by a click on what is shown at that moment and in no other way.
//
// # From and to elsewhere
//
// What files, folders and the clipboard have of tunnels is read by
// [culvert/tunnels/exchange] away from the toolkit's goroutine, and shown in a sheet
// (takein.go) before anything is added. What the user decides there is a plan
// (takeinplan.go); the rows are made anew from what was found and that plan. Tunnels
// are added stopped, all or none, and one undo removes them together.
// [App.OpenFiles] opens the sheet from any goroutine. giveout.go is the way back.
//
// # Details
//
// What a page of the details shows beside the snapshot, as connections and timeline,
// is an insight: it is fetched away from the toolkit's goroutine once a second,
// while the page is open. What is typed into the Edit page stays with its tunnel
// until it is saved or discarded. What a port speaks is asked when somebody wants to
// open it and never before.
//
// # Without the window
//
// Closing the window hides it where something shows the tray (closing.go); a hidden
// window is not drawn, and comes back by itself when the tray goes. What the tray
// shows is one more plain view (traymenu.go), made anew when it differs and at most
// four times a second; its lines lead to the verbs of the window, and where one of
// them asks, the window comes up with the question. What fails for ten seconds is an
// incident (incidents.go), looked for at each drawing and told beside the window once,
// as is its end: one notice for all that came together, and at most one each minute of
// either kind. Notices go to the desktop from a goroutine of their own: a desktop may
// take its time.
package ui
