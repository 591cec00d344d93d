package parts

// Tag makes a pill with almost square corners: a mark that does not pass, as
// PROD.
func (d *Drawing) Tag() *Pill {
	return &Pill{box: d.Box(None, None, 3), text: d.Text(Badge, Red)}
}
