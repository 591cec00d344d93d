// Package sessionbus reaches the user's session bus where there is one. It never
// starts one: nobody would end it. Windows and macOS have none.
package sessionbus
