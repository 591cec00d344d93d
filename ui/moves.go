package ui

import (
	"context"

	"culvert/tunnels"
)

// ownMove is a tunnel on its way to another place in the user's own order.
type ownMove struct{ id, before tunnels.ID }

// moveTunnel gives a tunnel another place in the user's own order. It is shown at
// once, as the next key must find it where it will be, and written behind the moves
// before it.
func (a *App) moveTunnel(id, before tunnels.ID) {
	a.moves = append(a.moves, ownMove{id, before})
	a.snap = moved(a.snap, id, before)
	a.apply()
	a.table.show(id)
	if len(a.moves) == 1 {
		a.writeMove()
	}
}

// writeMove has the first of the moves written, and then the next.
func (a *App) writeMove() {
	m := a.moves[0]
	a.spawn(func(ctx context.Context) {
		err := a.deps.Tunnels.Move(m.id, m.before)
		if ctx.Err() != nil {
			return
		}
		a.do(func() {
			a.moves = a.moves[1:]
			if len(a.moves) > 0 {
				a.writeMove()
			}
			if err != nil {
				a.failed[m.id] = tunnels.AsError(err)
				a.draw()
			}
		})
	})
}

// stillMoving returns a snapshot as it is once all moves are written.
func (a *App) stillMoving(snap tunnels.Snapshot) tunnels.Snapshot {
	for _, m := range a.moves {
		snap = moved(snap, m.id, m.before)
	}
	return snap
}
