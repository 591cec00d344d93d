// Package debian makes use of Debian's packages without installing them: it
// lets apt find out what a program needs, downloads that into a cache, and makes
// a container's layer or a folder of it. No maintainer script is run, and
// nothing of the machine's own packages is looked at or changed.
//
// [Fetch] and [WriteLayer] need apt-get and dpkg-deb, and a mirror for packages
// that are not in the cache yet.
package debian
