package main

import (
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
)

// webSockets serves /echo, which sends each message back, and /push, which sends
// messages and closes with a code of its own. How an /echo has ended is told
// under its ?id=.
type webSockets struct{ ended *ended }

// What /push does.
const (
	pushed    = 1000
	closeCode = 4002
	closeText = "that was all"
)

func (s webSockets) echo(w http.ResponseWriter, r *http.Request) {
	c, err := new(websocket.Upgrader).Upgrade(w, r, nil)
	if err != nil {
		log.Printf("trouble: upgrade: %v", err)
		return
	}
	defer func() { _ = c.Close() }()
	for {
		kind, message, err := c.ReadMessage()
		if err == nil {
			err = c.WriteMessage(kind, message)
		}
		if closed, ok := errors.AsType[*websocket.CloseError](err); ok && closed.Code != websocket.CloseAbnormalClosure {
			s.ended.tell(r.URL.Query().Get("id"), fmt.Sprintf("%d %s", closed.Code, closed.Text))
			return
		}
		if err != nil {
			log.Printf("trouble: echo: %v", err)
			s.ended.tell(r.URL.Query().Get("id"), err.Error())
			return
		}
	}
}

func (webSockets) push(w http.ResponseWriter, r *http.Request) {
	c, err := new(websocket.Upgrader).Upgrade(w, r, nil)
	if err != nil {
		log.Printf("trouble: upgrade: %v", err)
		return
	}
	defer func() { _ = c.Close() }()
	for n := range pushed {
		if err := c.WriteMessage(websocket.TextMessage, fmt.Append(nil, n)); err != nil {
			log.Printf("trouble: push: %v", err)
			return
		}
	}
	end := websocket.FormatCloseMessage(closeCode, closeText)
	if err := c.WriteControl(websocket.CloseMessage, end, time.Now().Add(10*time.Second)); err != nil {
		log.Printf("trouble: close: %v", err)
		return
	}
	// The client answers with the same code.
	_, _, err = c.ReadMessage()
	if !websocket.IsCloseError(err, closeCode) {
		log.Printf("trouble: the answer to a close: %v", err)
	}
}
