package ui

import (
	"context"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"

	"culvert/kube/keyring"
	"culvert/tunnels"
	"culvert/tunnels/attach"
	"culvert/tunnels/build"
	"culvert/tunnels/crash"
	"culvert/tunnels/holder"
	"culvert/tunnels/speaks"
	"culvert/ui/parts"
)

// Title is the window's title. It equals the program's name, by which desktops
// match windows and launchers.
const Title = "Culvert"

// Tunnels is what the window does to tunnels; *tunnels.Manager implements it.
type Tunnels interface {
	Put(spec tunnels.Spec) error
	Remove(ctx context.Context, id tunnels.ID) error
	Start(ctx context.Context, id tunnels.ID) error
	Stop(ctx context.Context, id tunnels.ID) error
	Kick(id tunnels.ID)
	Swap(id tunnels.ID, pod string) error
	Extend(id tunnels.ID, d time.Duration) error
	StartOn(ctx context.Context, id tunnels.ID, local map[tunnels.Mapping]uint16) error
	NextFree(ctx context.Context, listen []string, from uint16) (uint16, error)
	Test(ctx context.Context, spec tunnels.Spec) ([]tunnels.PortTest, error)
	Move(id, before tunnels.ID) error
	Watch(ctx context.Context, fn func(tunnels.Snapshot))
	Timeline(id tunnels.ID) []tunnels.Event
	Connections(id tunnels.ID) []tunnels.Conn
	Recent(id tunnels.ID) []tunnels.Conn
}

// Deps is what the window needs. App, Tunnels and Catalog must be set.
type Deps struct {
	App     fyne.App
	Tunnels Tunnels
	Catalog Catalog
	// Access changes contexts and sign-ins; nil means that this is not offered.
	Access Access
	// Profiles keeps tunnels in profiles; nil means that there are none.
	Profiles Profiles
	// Settings keeps what the user has chosen; nil means that nothing is offered.
	Settings Settings
	// Home tells where the tunnels run; nil means in this process, always.
	Home Home
	// Begin are the tunnels that are to be started with the window. What has to be
	// asked about before is asked.
	Begin []tunnels.ID
	// Warnings tells what goes wrong in the background; nil tells nothing.
	Warnings <-chan error
	// Demo says in the window that its cluster is a demonstration.
	Demo bool
	// Memory keeps how the window was left; nil keeps nothing.
	Memory Memory
	// Screen returns how large a window can be, in pixels, or zero where that is
	// not known; nil means that it is not. It is called when the toolkit runs.
	Screen func() fyne.Size
	// Do runs f on the toolkit's goroutine and returns at once; nil means
	// fyne.Do.
	Do func(f func())
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Stuck is called, from another goroutine, when the window is closed and
	// the toolkit has not given back the main goroutine after stuckAfter. Run
	// will not return then: clean up and end the process. The toolkit (Fyne
	// 2.8.1) loses an event of its own when that comes between the last look at
	// its queue and the queue's end, and waits for it for ever.
	Stuck func()
	// Tray is the icon in the desktop's panel; nil means that there is none.
	Tray Tray
	// Hidden has the program start without its window, where something shows the
	// tray.
	Hidden bool
	// Notify tells the user something beside the window, from any goroutine, and may
	// block until ctx is done; nil tells nothing.
	Notify func(ctx context.Context, title, text string)
	// Restore brings a minimized window back; nil means that showing it does.
	Restore func(w fyne.Window)
	// Still says whether the user wants as little motion as possible. It may block for
	// some seconds; nil means that nobody has asked for that.
	Still func(ctx context.Context) bool
	// Login has the program start with the user's session; nil means that this is not
	// offered.
	Login Login
	// Crashes contains panics and reports them; nil contains them only.
	Crashes *crash.Reporter
	// Build tells what the program was built from.
	Build build.Info
	// Folder is where profiles and settings are; empty means nowhere.
	Folder string
	// State is where the log and crash reports are; empty means nowhere.
	State string
	// Keyring is the system's, which the user is told of when it does not serve; nil
	// means that there is nothing to tell.
	Keyring Keyring
	// Holder tells which program has a local port; nil means holder.Find.
	Holder Holder
	// TryListen says why nobody can listen on a local port now; nil means
	// tunnels.TryListen.
	TryListen func(ctx context.Context, listen []string, port uint16) error
}

// stuckAfter and closeWithin are many times what an orderly end takes. Together
// with what the caller ends behind Run they bound the end of the program.
const (
	stuckAfter  = time.Second
	closeWithin = time.Second
)

// App is the window and what it has started.
//
// Everything that has no lock of its own belongs to the toolkit's goroutine.
type App struct {
	deps     Deps
	ctx      context.Context
	cancel   context.CancelFunc
	wg       sync.WaitGroup
	pump     *pump
	ending   atomic.Bool   // Run is to return
	returned chan struct{} // closed when the toolkit has given back the main goroutine
	browser  *browser
	latest   atomic.Pointer[tunnels.Snapshot]
	keyring  atomic.Pointer[keyring.Condition]
	settings atomic.Pointer[heardSettings] // nil before they are heard of
	place    atomic.Pointer[attach.Place]  // nil before it is heard of
	// settingsAsked counts how often they were asked for.
	settingsAsked atomic.Uint64

	snap   tunnels.Snapshot // what was drawn last
	meter  meter
	pings  steadyLatency
	filter filter
	search string
	only   only
	chosen tunnels.ID        // the selected tunnel
	detail bool              // the details are open
	closed map[groupKey]bool // groups folded away in the table
	// startNext are those to start when their stop is over.
	startNext map[tunnels.ID]bool
	busy      map[tunnels.ID]string
	failed    map[tunnels.ID]*tunnels.Error

	grouped grouping  // what the table's rows are put together by
	sorting sortOrder // what they are sorted by
	picked  picks     // the tunnels chosen together

	window  fyne.Window
	top     *topBar
	banner  *bannerBar
	rail    *rail
	tree    *treeView
	table   *tableView
	details *detailsView
	strip   *strip
	undo    *undoBar

	undoable undoable // what that bar offers to bring back
	welcome  *welcome
	frame    *frame
	editor   *editor // nil while no sheet is open
	drafts   map[string]form
	access   access

	copied     string // what was copied a moment ago
	copies     int
	treeSearch string
	treeDrawn  treeStamp
	treeTurns  int             // how often something of the tree was opened or closed
	opened     map[podsOf]bool // contexts and namespaces of the tree
	looking    map[podsOf]func()
	groups     map[groupOf]bool // groups of targets that are open in the tree
	lookingAt  map[groupOf]func()
	typed      map[string][]string // namespaces that the user named
	asked      map[string]bool     // contexts that were asked for a sign of life
	railChoice *bool               // folded or not, once the user has chosen

	keys        []binding
	home        string          // the user's home folder; empty where there is none
	memory      memory          // what is kept for the next run, but for what stands above
	kept        memory          // as it was written last
	keeping     bool            // it will be written
	dismissed   map[string]bool // banners that the user has hidden, by key
	unlocking   bool            // the keyring is being asked anew
	ports       portLooks
	page        detailsPage // of the details
	insight     insight     // what that page shows beside the snapshot
	peeking     bool        // a new insight is under way
	ticked      string      // the button of the details that says what was copied a moment ago
	paneEdits   map[tunnels.ID]*paneEdit
	spoken      map[tunnels.ID]spokenOf // what tunnels were found to speak
	probing     map[tunnels.ID]bool     // what they speak is being asked for
	prober      func(ctx context.Context, addr string) (speaks.Spoken, error)
	begun       bool           // Deps.Begin has been seen to
	warnings    []error        // that the banner tells, the newest last
	crashes     []*crash.Panic // parts of the window that have failed
	endedBefore *crash.Report  // how a Culvert before has ended; nil when there is nothing to tell
	moves       []ownMove      // that are not written yet, the first one under way

	book   profileBook
	menuAt fyne.Position // where the last menu of a tunnel came up: one that goes on from it does so there
	// exportProfile lets the user export a profile; nil where that is not offered.
	exportProfile func(id string)
	// importProfile lets the user import tunnels into a profile; nil where that is not
	// offered.
	importProfile func(id string)
	taking        *taking // nil while no sheet is open
	giving        *giving // nil while no sheet is open

	tray      trayMood
	hidden    bool // the window is not there: nothing is drawn
	wasShown  bool // it was there before
	patient   bool // a tray may still come, so that a hidden window stays so
	leaving   bool // the question whether to quit is open
	focused   bool // the window has the keyboard
	incidents incidents
	notices   chan notice // to be told
	prefs     *prefSheet  // nil while it is closed

	placeSeen *attach.Place // as it was drawn last
	lost      []tunnels.ID  // stopped with their process, and the user can have them back
	losing    []tunnels.ID  // as lost, but not seen to have stopped yet
}

// New builds the window; nothing runs and nothing is shown before Run.
func New(d Deps) *App {
	if d.Do == nil {
		d.Do = fyne.Do
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Holder == nil {
		d.Holder = holder.Find
	}
	if d.TryListen == nil {
		d.TryListen = tunnels.TryListen
	}
	ctx, cancel := context.WithCancel(context.Background())
	a := &App{
		deps: d, ctx: ctx, cancel: cancel, pump: newPump(), returned: make(chan struct{}),
		closed: make(map[groupKey]bool), busy: make(map[tunnels.ID]string), startNext: make(map[tunnels.ID]bool),
		failed: make(map[tunnels.ID]*tunnels.Error), drafts: make(map[string]form),
		opened: make(map[podsOf]bool), looking: make(map[podsOf]func()), typed: make(map[string][]string),
		asked: make(map[string]bool), groups: make(map[groupOf]bool), lookingAt: make(map[groupOf]func()),
		dismissed: make(map[string]bool),
	}
	a.incidents, a.notices = newIncidents(), make(chan notice, mostNotices)
	a.page, a.paneEdits = pageOverview, make(map[tunnels.ID]*paneEdit)
	a.spoken, a.probing, a.prober = make(map[tunnels.ID]spokenOf), make(map[tunnels.ID]bool), speaks.Port
	a.access = newAccess(a)
	a.home, _ = os.UserHomeDir() // without one, files are named in full
	a.browser = newBrowser(d.Catalog, a.spawn, a.pump.mark, d.Now)
	if _, ours := d.App.Settings().Theme().(*parts.Theme); !ours {
		d.App.Settings().SetTheme(parts.NewTheme().Catching(a.caught))
	}
	d.App.SetIcon(parts.AppIcon())
	a.recall()
	a.build()
	return a
}

// Run shows the window, or the tray alone where Deps.Hidden says so, and blocks
// until the user quits; then it ends everything that the window has started and
// returns. Tunnels go on: they are the caller's. It must be called from the main goroutine, once. While it runs the
// garbage collector keeps the program small, see trim.
func (a *App) Run() {
	a.start()
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	a.spawn(trim)
	defer a.keepNow() // when nobody else writes any more
	defer a.Close()
	defer close(a.returned)
	a.deps.App.Lifecycle().SetOnStarted(a.guarded("the window", a.fitScreen))
	a.followFocus()
	a.window.SetOnClosed(a.watchEnd)
	a.startTray()
	a.window.SetCloseIntercept(a.guarded("closing the window", a.closeWindow))
	a.showFirst()
	a.deps.App.Run()
}

// watchEnd calls Stuck unless Run goes on soon.
func (a *App) watchEnd() {
	if a.ending.Swap(true) || a.deps.Stuck == nil {
		return
	}
	a.wg.Go(a.deps.Crashes.Contained("the end of the window", func() {
		t := time.NewTimer(stuckAfter)
		defer t.Stop()
		select {
		case <-a.returned:
		case <-t.C:
			a.deps.Stuck()
		}
	}, nil))
}

// start lets the window live.
func (a *App) start() {
	a.browser.start()
	a.spawn(func(ctx context.Context) {
		a.deps.Tunnels.Watch(ctx, func(s tunnels.Snapshot) {
			was := a.latest.Swap(&s)
			if was == nil || isNews(*was, s) {
				a.pump.tell()
			} else {
				a.pump.mark()
			}
		})
	})
	a.watchProfiles()
	a.watchKeyring()
	a.followSettings()
	a.watchHome()
	a.spawn(func(ctx context.Context) { a.pump.run(ctx, a.drawFrom) })
	a.spawn(a.tellNotices)
	a.spawn(a.hearWarnings)
	a.hearEnded()
	a.askForStillness()
	a.serveBoxes()
}

// askForStillness has nothing move by itself where the user wants that.
func (a *App) askForStillness() {
	if a.deps.Still == nil {
		return
	}
	a.spawn(func(ctx context.Context) { parts.Still(a.deps.Still(ctx)) })
}

// Close ends all goroutines of the window and waits for them, but not for long:
// what hangs, as in a keyring, ends with the process. Run calls it.
func (a *App) Close() {
	a.cancel()
	ended := make(chan struct{})
	go a.deps.Crashes.Guard("the end of the window", func() { // ends with the last of them
		defer close(ended)
		a.wg.Wait()
	})
	t := time.NewTimer(closeWithin)
	defer t.Stop()
	select {
	case <-ended:
	case <-t.C:
	}
}

// Quit closes the window, so that Run returns. It may be called from any
// goroutine.
func (a *App) Quit() {
	a.watchEnd()
	a.do(a.deps.App.Quit)
}

// spawn runs f in a goroutine that Close waits for; f must end with ctx. A panic in it is
// told in the banner.
func (a *App) spawn(f func(context.Context)) {
	a.wg.Go(a.deps.Crashes.Contained("the work behind the window", func() { f(a.ctx) }, func(p *crash.Panic) {
		a.do(func() { a.noteCrash(p) })
	}))
}

// do is the one way to the toolkit's goroutine. A panic in f is told in the banner.
func (a *App) do(f func()) { a.deps.Do(a.guarded("the window", f)) }

// drawFrom draws from another goroutine and waits until that is done.
func (a *App) drawFrom(ctx context.Context) {
	done := make(chan struct{})
	a.do(func() {
		defer close(done)
		if ctx.Err() == nil {
			a.draw()
		}
	})
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// draw takes the latest snapshot and shows it.
func (a *App) draw() {
	if s := a.latest.Load(); s != nil {
		a.snap = a.stillMoving(a.pings.settle(*s))
		a.noteIncidents()
	}
	a.noteLost()
	a.begin()
	was := a.book.list
	a.book.take()
	a.forgetMended(was)
	a.apply()
}
