#!/bin/sh
# deps.sh WHAT: brings the system packages that WHAT needs, and does nothing
# when they are there. WHAT is one of
#   build   a C compiler and the headers that the window is built with
#   window  build, what shows and drives a window without a screen, a keyring, a
#           panel with a tray, and curl
#   shells  the login shells that people have beside bash, for the tests
#   package build, a C compiler for Windows, and what finds mistakes in packages
#   try     what makes a new Debian in a folder
set -eu
what=${1:?usage: deps.sh build|window|shells|package|try}

have() { command -v "$1" >/dev/null 2>&1; }
headers="gl x11 xcursor xrandr xinerama xi xxf86vm xkbcommon wayland-client"

missing() {
	if [ "$what" = shells ]; then
		for c in bash dash zsh ksh93 mksh fish tcsh; do have "$c" || return 0; done
		return 1
	fi
	if [ "$what" = try ]; then
		for c in debootstrap unshare ip; do have "$c" || return 0; done
		return 1
	fi
	if [ "$(uname -s)" = Darwin ]; then
		xcode-select -p >/dev/null 2>&1 && return 1 # they have all that is needed
		return 0
	fi
	have gcc && have pkg-config || return 0
	for h in $headers; do pkg-config --exists "$h" 2>/dev/null || return 0; done
	if [ "$what" = package ]; then
		for c in x86_64-w64-mingw32-gcc appstreamcli desktop-file-validate; do have "$c" || return 0; done
		! have apt-get || have lintian || return 0
	fi
	[ "$what" = window ] || return 1
	for c in Xvfb openbox xdotool wmctrl import xprop xclip dbus-daemon gnome-keyring-daemon xfce4-panel strace curl; do have "$c" || return 0; done
	return 1
}
missing || exit 0
if [ "$what" = try ] && ! have apt-get; then
	echo "Packages are tried on Debian and what is made of it: apt-get is missing" >&2
	exit 1
fi

case $(uname -s) in
Linux) ;;
Darwin) [ "$what" = shells ] && { echo "Please install the shells bash, dash, zsh, ksh93, mksh, fish and tcsh" >&2; exit 1; }
	echo "Culvert needs Apple's command line tools: run xcode-select --install" >&2; exit 1 ;;
*) echo "Culvert needs a C compiler (gcc) and pkg-config: please install them" >&2; exit 1 ;;
esac

if have apt-get; then
	packages="gcc pkg-config libc6-dev libgl1-mesa-dev libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev libxkbcommon-dev libwayland-dev"
	[ "$what" = window ] && packages="$packages xvfb openbox xdotool xauth x11-utils x11-apps wmctrl imagemagick libgl1-mesa-dri dbus gnome-keyring xfce4-panel xclip strace curl"
	[ "$what" = shells ] && packages="bash dash zsh ksh93u+m mksh fish tcsh"
	[ "$what" = package ] && packages="$packages gcc-mingw-w64-x86-64 appstream desktop-file-utils lintian"
	[ "$what" = try ] && packages="debootstrap debian-archive-keyring util-linux iproute2"
	install="env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends"
	update="apt-get update -qq"
elif have dnf; then
	packages="gcc pkgconf-pkg-config mesa-libGL-devel libX11-devel libXcursor-devel libXrandr-devel libXinerama-devel libXi-devel libXxf86vm-devel libxkbcommon-devel wayland-devel"
	[ "$what" = window ] && packages="$packages xorg-x11-server-Xvfb openbox xdotool xorg-x11-utils wmctrl ImageMagick mesa-dri-drivers dbus-daemon dbus-tools gnome-keyring xfce4-panel xclip strace curl"
	[ "$what" = shells ] && packages="bash dash zsh ksh mksh fish tcsh"
	[ "$what" = package ] && packages="$packages mingw64-gcc appstream desktop-file-utils"
	install="dnf install -y -q"
	update=true
elif have pacman; then
	packages="gcc pkgconf mesa libx11 libxcursor libxrandr libxinerama libxi libxxf86vm libxkbcommon wayland"
	[ "$what" = window ] && packages="$packages xorg-server-xvfb openbox xdotool xorg-xprop wmctrl imagemagick dbus gnome-keyring xfce4-panel xclip strace curl"
	[ "$what" = shells ] && packages="bash dash zsh ksh mksh fish tcsh"
	[ "$what" = package ] && packages="$packages mingw-w64-gcc appstream desktop-file-utils"
	install="pacman -S --needed --noconfirm"
	update=true
elif have zypper; then
	packages="gcc pkg-config Mesa-libGL-devel libX11-devel libXcursor-devel libXrandr-devel libXinerama-devel libXi-devel libXxf86vm-devel libxkbcommon-devel wayland-devel"
	[ "$what" = window ] && packages="$packages xorg-x11-server-Xvfb openbox xdotool xprop wmctrl ImageMagick Mesa-dri dbus-1 gnome-keyring xfce4-panel xclip strace curl"
	[ "$what" = shells ] && packages="bash dash zsh ksh mksh fish tcsh"
	[ "$what" = package ] && packages="$packages mingw64-cross-gcc AppStream desktop-file-utils"
	install="zypper --non-interactive install"
	update=true
else
	cat >&2 <<-TEXT
		Culvert's window needs a C compiler, pkg-config and the development files of
		libGL, libX11, libXcursor, libXrandr, libXinerama, libXi, libXxf86vm,
		libxkbcommon and libwayland. Please install them with your system's package
		manager, then run this again.
	TEXT
	exit 1
fi

as_root=
if [ "$(id -u)" != 0 ]; then
	have sudo || { echo "Please run as root: $install $packages" >&2; exit 1; }
	as_root=sudo
fi
echo "Installing system packages (once): $packages"
$as_root $update
$as_root $install $packages
