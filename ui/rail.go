package ui

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// Widths of the rail.
const (
	railWide   = 208
	railNarrow = 48
)

// rail is the left side: which tunnels to show, and the Cluster tree. Folded
// it is a strip of icons.
type rail struct {
	widget.BaseWidget
	folded bool
	wide   float32 // its width while it is not folded; 0 for what it is at first
	tags   []tagCount
	act    railActions

	d           parts.Drawing
	back, rule  *parts.Box
	line        *parts.Box
	headTunnels *parts.Text
	headTags    *parts.Text
	headCluster *parts.Text
	rows        [3]*railRow
	chips       *tagChips
	tag         *railRow // opens the menu of tags while folded
	cluster     *railRow
	fold        *railRow
	more        *parts.Button // adds clusters; nil where that is not offered
	search      *parts.Field
	tree        fyne.CanvasObject

	// the section of profiles; nil where there are none
	headProfiles *parts.Text
	profiles     *profileList
	profile      *railRow // opens the list of profiles while folded
	addProfile   *parts.Button
	withProfiles bool
	section      int // its place in the order of the Tab key
}

// railActions are what the rail asks of the app.
type railActions struct {
	filter func(filter)
	tag    func(string)
	fold   func()
	search func(string)
	menu   func(at fyne.Position)
	tags   func(at fyne.Position)
}

func newRail(tree fyne.CanvasObject, act railActions, canAdd bool) *rail {
	r := &rail{tree: tree, act: act}
	r.back = r.d.Box(parts.Surface, parts.None, 0)
	r.rule = r.d.Box(parts.Border, parts.None, 0)
	r.line = r.d.Box(parts.Border, parts.None, 0)
	head := func(text string) *parts.Text {
		t := r.d.Text(parts.Label, parts.Text3)
		t.SetText(text)
		return t
	}
	r.headTunnels, r.headTags, r.headCluster = head(lang.L("Tunnels")), head(lang.L("Tags")), head(lang.L("Cluster"))
	for i, x := range []struct{ mark, text, icon string }{
		{"filter:all", lang.L("All"), "list"},
		{"filter:running", lang.L("Running"), "activity"},
		{"filter:attention", lang.L("Needs attention"), "circle-alert"},
	} {
		f := filter(i)
		r.rows[i] = newRailRow(x.mark, x.text, x.icon, func() { act.filter(f) })
		r.d.Add(r.rows[i])
	}
	r.chips = newTagChips(act.tag)
	r.tag = newRailRow("tags", lang.L("Tags"), "tag", nil)
	r.tag.tap = func() { act.tags(beside(r.tag)) }
	r.cluster = newRailRow("cluster", lang.L("Cluster"), "layers", act.fold)
	r.fold = newRailRow("fold-rail", "", "panel-left", act.fold)
	r.search = parts.NewField("tree-search", lang.L("Search targets"), "search", act.search)
	r.search.OnKey = func(k *fyne.KeyEvent) bool {
		if k.Name == fyne.KeyEscape && r.search.Text() != "" {
			r.search.SetText("")
			return true
		}
		return false
	}
	r.section = r.d.Objects()
	for _, o := range []fyne.CanvasObject{r.chips, r.tag, r.cluster, r.fold} {
		r.d.Add(o)
	}
	if canAdd {
		r.more = parts.NewButton("cluster/add", "", "plus", parts.Ghost, func() {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(r.more)
			act.menu(at.AddXY(0, 28))
		})
		r.more.Small = true
		r.more.Tip = lang.L("Add a cluster or a kubeconfig")
		r.d.Add(r.more)
	}
	r.d.Add(r.search)
	r.d.Add(r.tree)
	r.ExtendBaseWidget(r)
	return r
}

// beside is where a menu comes up beside a row of the folded rail.
func beside(o fyne.CanvasObject) fyne.Position {
	return fyne.CurrentApp().Driver().AbsolutePositionForObject(o).AddXY(o.Size().Width+6, 0)
}

// apply shows how many tunnels a click on each row leaves: of all there are, and of
// n in the profile that the window is narrowed to.
func (r *rail) apply(all int, n tally, tags []tagCount, by narrowing) {
	for i, c := range []int{all, n.running, n.attention} {
		on := filter(i) == by.filter && (i > 0 || by.only == only{} && by.profile == "")
		r.rows[i].set(c, on, i == int(filterAttention) && c > 0)
	}
	r.tag.set(len(tags), by.only.tag != "", false)
	r.chips.set(tags, by.only.tag)
	if (len(r.tags) == 0) != (len(tags) == 0) || !slices.Equal(r.tags, tags) {
		r.tags = tags
		r.Refresh()
	}
}

// setFolded makes the rail a strip of icons, or wide again.
func (r *rail) setFolded(folded bool) {
	if r.folded != folded {
		r.folded = folded
		r.Refresh()
	}
}

// setWidth changes how wide the rail is while it is not folded; 0 is what it is
// at first.
func (r *rail) setWidth(w float32) { r.wide = w }

func (r *rail) width() float32 {
	switch {
	case r.folded:
		return railNarrow
	case r.wide > 0:
		return r.wide
	}
	return railWide
}

// first is what gets the keyboard when one comes to the rail.
func (r *rail) first() fyne.Focusable {
	for _, row := range r.rows {
		if row.chosen {
			return row
		}
	}
	return r.rows[0]
}

// CreateRenderer implements [fyne.Widget].
func (r *rail) CreateRenderer() fyne.WidgetRenderer {
	return r.d.Renderer(r.layout, func() fyne.Size { return fyne.NewSize(railNarrow, 200) }, r)
}

func (r *rail) layout(s fyne.Size) {
	r.back.Place(0, 0, s.Width, s.Height)
	r.rule.Place(s.Width-1, 0, 1, s.Height)
	wide, tags := !r.folded, len(r.tags) > 0
	parts.Show(r.headTunnels.C, wide)
	parts.Show(r.headTags.C, wide && tags)
	parts.Show(r.headCluster.C, wide)
	parts.Show(r.chips, wide && tags)
	parts.Show(r.tag, !wide && tags)
	parts.Show(r.search, wide)
	parts.Show(r.tree, wide)
	parts.Show(r.cluster, !wide)
	r.showProfiles()
	if r.more != nil {
		parts.Show(r.more, wide)
	}
	if wide {
		r.fold.tip = lang.L("Fold the rail")
		r.layoutWide(s)
		return
	}
	r.fold.tip = lang.L("Unfold the rail")
	r.layoutFolded(s)
}

func (r *rail) layoutFolded(s fyne.Size) {
	y := float32(10)
	for _, row := range []*railRow{r.rows[0], r.rows[1], r.rows[2], r.profile, r.tag} {
		if row != nil && row.Visible() {
			parts.Put(row, 8, y, 32, 32)
			y += 36
		}
	}
	r.line.Place(12, y+4, 24, 1)
	parts.Put(r.cluster, 8, y+14, 32, 32)
	parts.Put(r.fold, 8, s.Height-40, 32, 32)
}

func (r *rail) layoutWide(s fyne.Size) {
	r.headTunnels.Place(16, 21, s.Width-32)
	y := float32(34)
	for _, row := range r.rows {
		parts.Put(row, 8, y, s.Width-17, 26)
		y += 26
	}
	y = r.layoutProfiles(s, y+10)
	if len(r.tags) > 0 {
		r.headTags.Place(16, y+10, s.Width-32)
		y += 24
		h := r.chips.Fit(s.Width - 33)
		parts.Put(r.chips, 16, y, s.Width-33, h)
		y += h + 12
	}
	r.line.Place(16, y, s.Width-33, 1)
	r.headCluster.Place(16, y+20, s.Width-16-80)
	parts.Put(r.fold, s.Width-38, y+7, 26, 26)
	if r.more != nil {
		parts.Put(r.more, s.Width-66, y+7, 26, 26)
	}
	parts.Put(r.search, 12, y+36, s.Width-25, 30)
	y += 72
	parts.Put(r.tree, 0, y, s.Width-1, s.Height-y-4)
}

// tagMenu opens the tags beside the folded rail.
func (a *App) tagMenu(at fyne.Position) {
	var items []parts.Option
	for _, t := range tagsOf(a.scope(), a.names()) {
		items = append(items, parts.Option{Key: t.tag, Text: t.tag, Note: fmt.Sprint(t.n), On: t.tag == a.only.tag})
	}
	parts.OpenMenu(a.window.Canvas(), "tag-menu", at, items, a.onlyTag)
}
