package parts

// Reveal scrolls to what is chosen, which is where the arrow keys go on from.
func (o *Options) Reveal() {
	for i, it := range o.items {
		if it.Key != "" && it.Key == o.chosen {
			o.cursor = i
			o.list.ScrollTo(i)
			o.list.Refresh()
			return
		}
	}
}
