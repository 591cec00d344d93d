package clock

// code is what the time is told with: clock_gettime(2) and, if the clock is 0
// or 1, the offset for it added to the seconds. Registers are used as by the
// functions of C.
var code = []byte{
	0xb8, 228, 0, 0, 0, // mov eax, SYS_clock_gettime
	0x0f, 0x05, // syscall
	0x85, 0xc0, // test eax, eax
	0x75, 0x15, // jnz out
	0x83, 0xff, 1, // cmp edi, 1
	0x77, 0x10, // ja out
	0x89, 0xf9, // mov ecx, edi
	0x4c, 0x8d, 0x05, offsetsAt - 0x19, 0, 0, 0, // lea r8, [rip + offsets]
	0x49, 0x8b, 0x0c, 0xc8, // mov rcx, [r8 + 8*rcx]
	0x48, 0x01, 0x0e, // add [rsi], rcx
	0xc3, // out: ret
}
