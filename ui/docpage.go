package ui

import (
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"culvert/docs"
	"culvert/ui/parts"
)

// docPage shows a document, and scrolls by the keys by which one reads.
type docPage struct {
	widget.BaseWidget
	copyText func(string)
	anchors  []docAnchor

	d       parts.Drawing
	ring    *parts.Box
	focused bool
	scroll  *container.Scroll
	column  *docColumn
}

var _ fyne.Focusable = (*docPage)(nil)

// docAnchor is where a section begins: at a block of the column.
type docAnchor struct {
	name  string
	block int
}

func newDocPage(copyText func(string)) *docPage {
	p := &docPage{copyText: copyText, column: newDocColumn()}
	p.scroll = container.NewVScroll(p.column)
	p.d.Add(p.scroll)
	p.ring = p.d.Box(parts.None, parts.None, 6)
	p.ExtendBaseWidget(p)
	return p
}

// show replaces the document. follow gives what a click on a link does; where it gives
// nothing the link is bare text.
func (p *docPage) show(sections []docs.Section, follow func(*url.URL) (func(), bool)) {
	p.anchors = nil
	var blocks []block
	for _, s := range sections {
		p.anchors = append(p.anchors, docAnchor{s.Anchor, len(blocks)})
		blocks = append(blocks, p.section(s.Text, follow)...)
	}
	p.column.set(blocks)
	p.Refresh()
}

// section draws a part of a document: commands in boxes of their own, that they can be
// copied.
func (p *docPage) section(markdown string, follow func(*url.URL) (func(), bool)) []block {
	var out []block
	var text []widget.RichTextSegment
	end := func() {
		if len(text) > 0 {
			out = append(out, newDocText(text))
			text = nil
		}
	}
	for _, s := range widget.NewRichTextFromMarkdown(readable(markdown)).Segments {
		if code, ok := s.(*widget.CodeBlockSegment); ok {
			end()
			out = append(out, newCodeBox(code.Text, p.copyText))
			continue
		}
		text = append(text, linked(s, follow))
		if !s.Inline() && !isHeading(text) {
			end()
		}
	}
	end()
	return out
}

// isHeading says whether all of a text is headings, which stay with what follows.
func isHeading(text []widget.RichTextSegment) bool {
	for _, s := range text {
		t, ok := s.(*widget.TextSegment)
		if !ok || t.Text != "" && t.Style.SizeName != theme.SizeNameHeadingText && t.Style.SizeName != theme.SizeNameSubHeadingText {
			return false
		}
	}
	return true
}

// linked has a link do what it leads to, in whatever it stands.
func linked(s widget.RichTextSegment, follow func(*url.URL) (func(), bool)) widget.RichTextSegment {
	all := func(in []widget.RichTextSegment) {
		for i := range in {
			in[i] = linked(in[i], follow)
		}
	}
	switch s := s.(type) {
	case *widget.HyperlinkSegment:
		do, ok := follow(s.URL)
		if !ok {
			return &widget.TextSegment{Style: widget.RichTextStyleInline, Text: s.Text}
		}
		s.OnTapped = do
	case *widget.ParagraphSegment:
		all(s.Texts)
	case *widget.ListSegment:
		all(s.Items)
	case *widget.TableSegment:
		for _, cell := range s.Headers {
			all(cell)
		}
		for _, row := range s.Rows {
			for _, cell := range row {
				all(cell)
			}
		}
	}
	return s
}

// scrollTo brings a section to the top; an empty anchor is the beginning.
func (p *docPage) scrollTo(anchor string) {
	for _, a := range p.anchors {
		if a.name == anchor && anchor != "" && a.block < len(p.column.blocks) {
			p.scroll.ScrollToOffset(fyne.NewPos(0, p.column.blocks[a.block].Position().Y))
			return
		}
	}
	p.scroll.ScrollToTop()
}

// CreateRenderer implements [fyne.Widget].
func (p *docPage) CreateRenderer() fyne.WidgetRenderer {
	return p.d.Renderer(func(z fyne.Size) {
		line := parts.None
		if p.focused {
			line = parts.Accent
		}
		p.ring.Set(parts.None, line)
		p.ring.Stroke(2)
		p.ring.Place(2, 2, z.Width-4, z.Height-4)
		p.column.Fit(z.Width)
		parts.Put(p.scroll, 0, 0, z.Width, z.Height)
		p.scroll.Refresh()
	}, func() fyne.Size { return fyne.NewSize(200, 100) }, p)
}

// FocusGained implements [fyne.Focusable].
func (p *docPage) FocusGained() {
	p.focused = true
	p.Refresh()
}

// FocusLost implements [fyne.Focusable].
func (p *docPage) FocusLost() {
	p.focused = false
	p.Refresh()
}

// TypedRune implements [fyne.Focusable]. A space goes on by a page.
func (p *docPage) TypedRune(r rune) {
	if r == ' ' {
		p.scrollBy(p.scroll.Size().Height - docStep)
		return
	}
	parts.PassRune(p, r)
}

// docStep is how far an arrow key scrolls.
const docStep = 48

// TypedKey implements [fyne.Focusable].
func (p *docPage) TypedKey(e *fyne.KeyEvent) {
	page := p.scroll.Size().Height - docStep
	switch e.Name {
	case fyne.KeyDown:
		p.scrollBy(docStep)
	case fyne.KeyUp:
		p.scrollBy(-docStep)
	case fyne.KeyPageDown:
		p.scrollBy(page)
	case fyne.KeyPageUp:
		p.scrollBy(-page)
	case fyne.KeyHome:
		p.scroll.ScrollToTop()
	case fyne.KeyEnd:
		p.scroll.ScrollToBottom()
	default:
		parts.PassKey(p, e)
	}
}

func (p *docPage) scrollBy(dy float32) {
	p.scroll.ScrollToOffset(p.scroll.Offset.AddXY(0, dy))
}

// Box returns the mark and the anchors, for those who drive the window.
func (p *docPage) Box() (mark, text string) {
	for _, a := range p.anchors {
		text += a.name + "\n"
	}
	return "documents/page", text
}

// docColumn has the blocks of a document below each other.
type docColumn struct {
	widget.BaseWidget
	blocks []block
	height float32

	d parts.Drawing
}

const docRoom = 16 // beside the text

func newDocColumn() *docColumn {
	c := &docColumn{}
	c.ExtendBaseWidget(c)
	return c
}

func (c *docColumn) set(blocks []block) {
	c.blocks = blocks
	c.d.Clear()
	for _, b := range blocks {
		c.d.Add(b)
	}
	if w := c.Size().Width; w > 0 {
		c.place(w)
	}
	c.Refresh()
}

// Fit returns the height that is needed.
func (c *docColumn) Fit(w float32) float32 {
	c.place(w)
	return c.height
}

func (c *docColumn) place(w float32) {
	at := column{x: docRoom, y: 8, w: w - 2*docRoom}
	for _, b := range c.blocks {
		at.put(b, 0)
	}
	c.height = at.y + 16
}

// CreateRenderer implements [fyne.Widget].
func (c *docColumn) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(func(z fyne.Size) { c.place(z.Width) }, func() fyne.Size { return fyne.NewSize(100, c.height) }, c)
}

// docText is text of a document.
type docText struct{ widget.RichText }

func newDocText(text []widget.RichTextSegment) *docText {
	t := &docText{}
	t.Segments, t.Wrapping, t.Scroll = text, fyne.TextWrapWord, container.ScrollNone
	t.ExtendBaseWidget(t)
	return t
}

// Fit returns the height that is needed.
func (t *docText) Fit(w float32) float32 {
	t.Resize(fyne.NewSize(w, t.Size().Height))
	return t.MinSize().Height
}

// codeBox shows commands, with a button that copies them.
type codeBox struct {
	widget.BaseWidget
	d    parts.Drawing
	box  *parts.Box
	text *widget.Label
	copy *parts.Button
}

func newCodeBox(text string, copyText func(string)) *codeBox {
	c := &codeBox{text: widget.NewLabel(text)}
	c.box = c.d.Box(parts.Bg, parts.Border, 8)
	c.text.Selectable = true
	c.text.SizeName = theme.SizeNameCaptionText
	c.text.TextStyle = fyne.TextStyle{Monospace: true}
	c.text.Wrapping = fyne.TextWrapBreak
	c.copy = parts.NewButton("documents/copy", "", "copy", parts.Ghost, func() { copyText(text) })
	c.copy.Tip, c.copy.Small = lang.L("Copy"), true
	c.d.Add(c.text)
	c.d.Add(c.copy)
	c.ExtendBaseWidget(c)
	return c
}

const codeCopy = 26 // the copy button's width and height

// Fit returns the height that is needed.
func (c *codeBox) Fit(w float32) float32 {
	c.text.Resize(fyne.NewSize(w-16-codeCopy-8, c.text.Size().Height))
	return max(c.text.MinSize().Height, codeCopy+8) + 12
}

// CreateRenderer implements [fyne.Widget].
func (c *codeBox) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(func(z fyne.Size) {
		c.box.Place(4, 2, z.Width-8, z.Height-8)
		parts.Put(c.text, 8, 4, z.Width-16-codeCopy-8, z.Height-12)
		parts.Put(c.copy, z.Width-codeCopy-10, 6, codeCopy, codeCopy)
	}, func() fyne.Size { return fyne.NewSize(100, codeCopy+20) }, c)
}
