package motion

import (
	"context"
	"unsafe"

	"golang.org/x/sys/windows"
)

// spiGetClientAreaAnimation asks whether animations are to be shown in windows; winuser.h
// has the number.
const spiGetClientAreaAnimation = 0x1042

var systemParametersInfo = windows.NewLazySystemDLL("user32.dll").NewProc("SystemParametersInfoW")

// Reduced asks the system, which answers at once.
func Reduced(context.Context) bool {
	var shown int32 // a BOOL
	done, _, _ := systemParametersInfo.Call(spiGetClientAreaAnimation, 0, uintptr(unsafe.Pointer(&shown)), 0)
	return done != 0 && shown == 0
}
