package desk

import "context"

// Clipboard returns the text that another program would paste now.
func (d *Desktop) Clipboard(ctx context.Context) (string, error) {
	return d.Tool(ctx, "xclip", "-selection", "clipboard", "-out")
}
