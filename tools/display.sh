#!/bin/sh
# display.sh: true when there seems to be a screen to show a window on. A name
# left over from another session does not count: its socket is gone.
[ "$(uname -s)" = Darwin ] && exit 0
case ${WAYLAND_DISPLAY-} in
"") ;;
/*) [ -S "$WAYLAND_DISPLAY" ] && exit 0 ;;
*) [ -S "${XDG_RUNTIME_DIR-}/$WAYLAND_DISPLAY" ] && exit 0 ;;
esac
case ${DISPLAY-} in
"") exit 1 ;;
:* | unix:*)
	number=${DISPLAY#*:}
	[ -S "/tmp/.X11-unix/X${number%%.*}" ]
	;;
*) exit 0 ;; # on another machine: the program asks
esac
