#!/bin/sh
# package-try.sh DIST PICTURES: installs the .deb and the .tar.xz that are in the folder
# DIST in a new Debian 12, uses them as their readers would, removes them again, and
# prints what was seen. Where there are the .zip for Windows and mingw-w64, its programs
# are started with Wine, too. Pictures of the windows are left in the folder PICTURES.
# Needs root and debootstrap. Packages come from where apt of this machine has them from,
# or from APT_MIRROR, as http://HOST/debian.
set -eu
suite=bookworm
user=kim
title=Culvert

fail() { echo "package-try: $*" >&2; exit 1; }

# step ends the step before, and tells how long that took.
doing='' began=0
step() {
	now=$(date +%s)
	[ -z "$doing" ] || printf '     %s s\n' $((now - began))
	doing=$1 began=$now
	[ -z "$doing" ] || printf '%s\n' "$doing"
}
seen() { head -n 60 | sed 's/^/     /'; }

# ---- Outside: a folder, and namespaces in which all else happens. Mounts and processes
# end with them, whatever ends this script.

one() { # FOLDER ENDING: the one file there is
	set -- "$1"/culvert-*-linux-"$arch.$2"
	[ $# = 1 ] && [ -f "$1" ] || fail "there has to be one such file, for this machine alone: $*"
	echo "$1"
}

# windows takes the .zip, and a library that Windows has and the Wine of this Debian has
# not: Go's programs take random numbers from it.
windows() {
	set -- "$1"/culvert-*-windows-amd64.zip
	[ -f "$1" ] && command -v x86_64-w64-mingw32-gcc >/dev/null || return 0
	[ $# = 1 ] || fail "there has to be one such file: $*"
	cp "$1" "$root/packages/"
	cat >"$root/packages/prng.c" <<-C
		#include <windows.h>
		BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
		__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) { return SystemFunction036(data, (ULONG)size); }
	C
	x86_64-w64-mingw32-gcc -shared -o "$root/packages/bcryptprimitives.dll" "$root/packages/prng.c" -ladvapi32
}

outside() {
	[ "$(id -u)" = 0 ] || fail "run it as root"
	for c in debootstrap dpkg unshare ip; do command -v "$c" >/dev/null || fail "there is no $c here"; done
	arch=$(dpkg --print-architecture)
	deb=$(one "$1" deb)
	archive=$(one "$1" tar.xz)
	mirror=${APT_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $suite" 'Component: main' | head -n 1)}
	[ -n "$mirror" ] || fail "apt of this machine has no $suite: set APT_MIRROR, as http://HOST/debian"
	mkdir -p "$2"
	pictures=$(cd "$2" && pwd)
	root=$(mktemp -d)
	child=
	trap 'end' EXIT
	trap 'exit 130' INT TERM HUP
	mkdir "$root/packages"
	cp "$deb" "$root/packages/culvert.deb"
	cp "$archive" "$root/packages/"
	windows "$1"
	unshare --mount --pid --ipc --fork --kill-child "$0" --inside "$root" "$mirror" "$pictures" &
	child=$!
	wait "$child"
}

end() {
	status=$?
	if [ -n "$child" ]; then
		kill -KILL "$child" 2>/dev/null || :
		wait "$child" 2>/dev/null || :
	fi
	rm -rf --one-file-system "$root"
	[ "$status" = 0 ] || echo "package-try: FAILED" >&2
	exit "$status"
}

# ---- Inside.

as_root() {
	chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

apt() { as_root apt-get -y -q -o Dpkg::Use-Pty=0 "$@" >"$root/tmp/apt.log" 2>&1 || { cat "$root/tmp/apt.log"; fail "apt-get $*"; }; }

# as_user runs a program as somebody without rights, on a network that has nothing but
# its own loopback: the demo's ports are free there.
as_user() {
	unshare --net sh -c 'ip link set lo up && exec "$@"' sh chroot --userspec="$user:$user" "$root" /usr/bin/env -i -C "/home/$user" \
		PATH="/home/$user/.local/bin:/usr/local/bin:/usr/bin:/bin" HOME="/home/$user" USER="$user" LC_ALL=C.UTF-8 XDG_RUNTIME_DIR="/run/user/$user" TERM=dumb "$@"
}

# files lists all that a package may have put somewhere, with modes and links.
files() {
	as_root find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /tmp -o -path /run -o -path /home -o -path /root -o -path /packages \
		-o -path /var/cache -o -path /var/log -o -path /var/lib/apt -o -path '/var/lib/dpkg/*' -o -path /etc/ld.so.cache \) -prune -o -printf '%p %y %m %l\n' | sort
}

nothing_left() { # BEFORE
	files >"$root/tmp/after"
	diff "$1" "$root/tmp/after" | head -n 40 | seen
	cmp -s "$1" "$root/tmp/after" || fail "files are left, or gone"
	echo "the list of all $(wc -l <"$1") files and folders is as before" | seen
}

versions() {
	as_user sh -ec '
		for c in culvert kubectl-culvert; do
			echo "$(command -v $c): $($c version | head -n 1)"
			ldd "$(command -v $c)" | grep "not found" && exit 1
		done; :' >"$root/tmp/out" 2>&1 || { seen <"$root/tmp/out"; fail "it does not run"; }
	seen <"$root/tmp/out"
}

demo() {
	touch "$root/tmp/before"
	as_user bash -euc '
		culvert demo --headless >~/demo.out 2>~/demo.err & demo=$!
		for i in $(seq 150); do
			grep -q "127.0.0.1:18080 -> " ~/demo.out && break
			kill -0 $demo || break
			sleep 0.1
		done
		exec 3<>/dev/tcp/127.0.0.1/18080
		printf "GET / HTTP/1.0\r\nHost: localhost\r\nAccept: text/html\r\n\r\n" >&3
		cat <&3 >~/demo.page
		exec 3<&-
		kill -INT $demo
		wait $demo || echo "it ended with the status $?"
		head -n 1 ~/demo.page
		grep -o "<title>.*</title>" ~/demo.page
		if grep -i -E "panic|fatal" ~/demo.err; then exit 1; fi
		rm ~/demo.*' >"$root/tmp/out" 2>&1 || { seen <"$root/tmp/out"; cat "$root/home/$user/demo.err"; fail "the demo does not serve"; }
	seen <"$root/tmp/out"
	find "$root/home/$user" -newer "$root/tmp/before" ! -path "$root/home/$user" -printf '%P is left in the home\n' | seen
}

# window starts something on a screen, and looks at its window. The desktop entry is
# started as a desktop does.
entry='
	entry=$(for d in ~/.local/share /usr/local/share /usr/share; do ls $d/applications/io.culvert.Culvert.desktop 2>/dev/null || :; done | head -n 1)
	echo "$entry is started"
	gio launch "$entry"'
window() { # PICTURE SCRIPT
	rm -f "$root/tmp/window.png"
	as_user dbus-run-session -- bash -euc '
		title=$1
		Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>~/display 2>~/xvfb.log & x=$!
		for i in $(seq 100); do [ -s ~/display ] && break; sleep 0.1; done
		export DISPLAY=:$(cat ~/display)
		bash -euc "$2" >~/window.log 2>&1 &
		id=$(timeout 60 xdotool search --sync --onlyvisible --name "^$title" | head -n 1)
		[ -n "$id" ] || { echo "no window in 60 s"; cat ~/window.log; exit 1; }
		echo "the window \"$(xdotool getwindowname $id)\", $(xdotool getwindowgeometry $id | grep Geometry)"
		for i in $(seq 15); do # until it does not change any more
			sleep 1
			scrot --overwrite ~/now.png
			[ -f ~/before.png ] && cmp -s ~/now.png ~/before.png && break
			mv ~/now.png ~/before.png
		done
		mv -f ~/before.png /tmp/window.png
		pid=$(xdotool getwindowpid $id)
		kill -TERM $pid
		for i in $(seq 100); do kill -0 $pid 2>/dev/null || break; sleep 0.1; done
		if kill -0 $pid 2>/dev/null; then echo "it does not end"; exit 1; fi
		kill $x
		sed "s/^/it said: /" ~/window.log
		for f in ~/.local/state/culvert/culvert.log; do [ ! -f $f ] || sed "s/^/its log: /" $f; done
		rm -f ~/display ~/xvfb.log ~/now.png' sh "$title" "$2" >"$root/tmp/out" 2>&1 || { seen <"$root/tmp/out"; fail "the window does not show"; }
	seen <"$root/tmp/out"
	cp "$root/tmp/window.png" "$1"
	echo "a picture of it is $1" | seen
	if grep -i -E '^(it said|its log): .*(error|panic|fatal|failed)' "$root/tmp/out"; then fail "there are errors in its log"; fi
}

# found looks for what shells, man and menus read.
found() { # PREFIX FOLDER-FOR-ZSH ENDING-OF-PAGES
	as_user sh -ec '
		for page in culvert culvert-up kubectl-culvert; do man -w $page; done
		man culvert | head -n 1 >/dev/null
		cd "$1"
		ls -d "$PWD"/share/bash-completion/completions/culvert "$PWD/$2"/_culvert "$PWD"/share/fish/vendor_completions.d/culvert.fish "$PWD"/bin/kubectl_complete-culvert
		bash -c ". share/bash-completion/completions/culvert && complete -p culvert"
		echo "kubectl completes: $(kubectl_complete-culvert dem 2>/dev/null | head -n 1)"
		icons=$(find share/icons -name "io.culvert.Culvert.*" | wc -l)
		echo "$icons icons"; [ "$icons" -gt 5 ]
		! grep -l -r -E "/tmp/|/home/" share/applications/io.culvert* share/metainfo/io.culvert*' sh "$@" >"$root/tmp/out" 2>&1 || { seen <"$root/tmp/out"; fail "something is not where it belongs"; }
	seen <"$root/tmp/out"
}

# wine starts the program for the terminal, and asks its demo for a page.
wine() {
	as_user bash -euc '
		export WINEDEBUG=-all
		unzip -q /packages/culvert-*-windows-amd64.zip
		cd culvert-*-windows-amd64
		wine wineboot --init 2>/dev/null
		cp -n /packages/bcryptprimitives.dll ~/.wine/drive_c/windows/system32/
		echo "$(wine --version): $(wine kubectl-culvert.exe version | head -n 1)"
		wine kubectl-culvert.exe demo --headless >~/demo.out 2>~/demo.err &
		for i in $(seq 150); do
			grep -q "127.0.0.1:18080 -> " ~/demo.out && break
			sleep 0.1
		done
		exec 3<>/dev/tcp/127.0.0.1/18080
		printf "GET / HTTP/1.0\r\nHost: localhost\r\nAccept: text/html\r\n\r\n" >&3
		cat <&3 >~/demo.page
		wineserver --kill || :
		head -n 1 ~/demo.page
		grep -o "<title>.*</title>" ~/demo.page' >"$root/tmp/out" 2>&1 || { seen <"$root/tmp/out"; fail "the programs for Windows do not run"; }
	seen <"$root/tmp/out"
}

inside() {
	trap 'exit 130' INT TERM HUP
	root=$1 mirror=$2 pictures=$3
	mount --make-rprivate /

	step "A new Debian ($suite)"
	debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$root/packages/debootstrap.log" 2>&1 || { tail -n 20 "$root/packages/debootstrap.log"; fail "debootstrap"; }
	rm "$root/packages/debootstrap.log"
	mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
	mkdir -p "$root/dev/pts" "$root/dev/shm"
	mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
	mount -t tmpfs tmpfs "$root/dev/shm"
	cp /etc/resolv.conf "$root/etc/resolv.conf"
	apt-config dump | grep -E '^Acquire::(https?::Proxy|https?::Verify|https?::CA|Check-Date|Check-Valid-Until|Retries)' >"$root/etc/apt/apt.conf.d/99host" || :
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" # no services are started
	chmod 755 "$root/usr/sbin/policy-rc.d"
	chmod 755 "$root" "$root/packages"
	as_root useradd --create-home --shell /bin/bash "$user"
	mkdir -p "$root/run/user/$user" "$root/tmp/.X11-unix"
	chmod 1777 "$root/tmp/.X11-unix"
	as_root chown "$user:" "/run/user/$user"
	as_root chmod 700 "/run/user/$user"
	apt update
	echo "$(as_root cat /etc/debian_version), $(as_root dpkg -l | grep -c ^ii) packages" | seen

	step "apt-get install ./culvert.deb, without anything else"
	apt install /packages/culvert.deb
	as_root dpkg-query -W -f '${Depends}\n' culvert | seen
	grep -E '^[0-9]+ upgraded|^After this' "$root/tmp/apt.log" | seen
	versions

	step "culvert demo --headless, by $user"
	demo

	step "apt-get purge culvert"
	apt purge culvert
	as_root find / -xdev \( -path /proc -o -path /sys -o -path /run -o -path /packages -o -path /home \) -prune -o -iname '*culvert*' -print >"$root/tmp/named"
	seen <"$root/tmp/named"
	[ ! -s "$root/tmp/named" ] || fail "files with its name are left"
	echo "no file has its name" | seen

	step "What a desktop has: a screen, D-Bus, GIO, man and a shell's completions"
	apt install --no-install-recommends xvfb dbus xdotool scrot libglib2.0-bin man-db bash-completion
	files >"$root/tmp/bare"

	step "apt-get install ./culvert.deb"
	apt install /packages/culvert.deb
	versions

	step "Manual pages, completions, icons"
	found /usr share/zsh/vendor-completions

	step "The window from its desktop entry"
	window "$pictures/window-deb.png" "$entry"

	step "apt-get purge culvert"
	apt purge culvert
	[ -z "$(as_root find /var/lib/dpkg/info -name 'culvert.*')" ] || fail "dpkg still knows it"
	nothing_left "$root/tmp/bare"

	step "The .tar.xz, below ~/.local as its INSTALL says"
	apt install --no-install-recommends xz-utils
	files >"$root/tmp/bare"
	as_user bash -euc '
		tar -xJf /packages/culvert-*.tar.xz
		cd culvert-*/
		ls
		./bin/culvert version | head -n 1
		mkdir -p ~/.local
		sed -n "s/^  cp -R/cp -R/p" INSTALL >~/install
		sed -n "s/^  find/find/p; s/^  rmdir/rmdir/p" INSTALL >~/remove
		cat ~/install
		[ -s ~/install ] && [ -s ~/remove ]
		find ~/.local ! -type d | sort >~/bare
		sh -eu ~/install' >"$root/tmp/out" 2>&1 || { seen <"$root/tmp/out"; fail "it cannot be unpacked"; }
	seen <"$root/tmp/out"
	versions

	step "culvert demo --headless of the .tar.xz, by $user"
	demo

	step "Manual pages, completions, icons of the .tar.xz"
	found "/home/$user/.local" share/zsh/site-functions

	step "The window of the .tar.xz from its desktop entry"
	window "$pictures/window-archive.png" "$entry"

	step "Removal of what was unpacked"
	as_user bash -euc '
		cat ~/remove
		cd culvert-*/
		find ~/.local/state ! -type d >>~/bare 2>/dev/null || :
		sh -eu ~/remove
		find ~/.local ! -type d | sort >~/after
		diff <(sort -u ~/bare) ~/after
		find ~/.local -name "*ulvert*" | sed "s/$/ is left/"' >"$root/tmp/out" 2>&1 || { seen <"$root/tmp/out"; fail "files are left"; }
	seen <"$root/tmp/out"
	nothing_left "$root/tmp/bare"

	if [ -f "$root/packages/bcryptprimitives.dll" ]; then
		step "The programs for Windows: kubectl-culvert.exe version and demo --headless"
		apt install --no-install-recommends wine wine64 unzip
		wine
		step "The window of culvert.exe demo"
		window "$pictures/window-windows.png" 'cd culvert-*-windows-amd64 && WINEDEBUG=-all wine culvert.exe demo'
	else
		step "The programs for Windows are not tried: there is no .zip of them, or no mingw-w64"
	fi
	step ""
	echo "All of it is as it has to be."
}

case ${1-} in
--inside) shift; inside "$@" ;;
*) [ $# = 2 ] || { echo "usage: package-try.sh DIST PICTURES" >&2; exit 1; }; outside "$@" ;;
esac
