package ui

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// redactor takes out of texts what tells who and where somebody is. The same name
// always becomes the same placeholder, so that a text stays readable.
type redactor struct {
	names []redaction // known names, the longest first
	found map[string]string
	count map[string]int
}

type redaction struct {
	name string
	kind string
}

func newRedactor() *redactor {
	return &redactor{found: make(map[string]string), count: make(map[string]int)}
}

// know has a name replaced wherever it stands as a word; kind is what the
// placeholder calls it.
func (r *redactor) know(kind, name string) {
	if len(name) < 2 {
		return
	}
	r.names = append(r.names, redaction{name, kind})
	slices.SortStableFunc(r.names, func(a, b redaction) int { return len(b.name) - len(a.name) })
}

// knowServer has a server's host replaced, given its URL.
func (r *redactor) knowServer(address string) {
	if u, err := url.Parse(address); err == nil {
		r.know("server", u.Hostname())
	}
}

func (r *redactor) placeholder(kind, name string) string {
	key := kind + " " + strings.ToLower(name)
	if p, ok := r.found[key]; ok {
		return p
	}
	r.count[kind]++
	p := fmt.Sprintf("%s-%d", kind, r.count[kind])
	r.found[key] = p
	return p
}

// patterns of what is secret or private wherever it stands.
var (
	tokens  = regexp.MustCompile(`(?i)(eyJ[\w-]+\.[\w-]+\.[\w-]*|sha256~[\w-]+|\bbearer\s+[^\s"',;]+|\bauthorization:\s*basic\s+[^\s"',;]+|\b[\w-]*(?:password|passwd|token|secret|api[_-]?key)\\?["']?\s*[=:]\s*\\?["']?[^\s"',;&\\]+)`)
	users   = regexp.MustCompile(`(?i)(\buser\s+\\?["'])([^"'\\]+)`)
	mails   = regexp.MustCompile(`\b[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,}\b`)
	logins  = regexp.MustCompile(`(\w+://)[^\s/@]+@`)
	hosts   = regexp.MustCompile(`(?i)\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.){2,}[a-z]{2,}\b`)
	numbers = regexp.MustCompile(`(?i)\b\d{1,3}(?:\.\d{1,3}){3}\b|\[?(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\]?`)
)

// withoutSecrets returns s without what lets somebody in.
func withoutSecrets(s string) string {
	return logins.ReplaceAllString(tokens.ReplaceAllString(s, "(secret)"), "${1}(user)@")
}

// text returns s without what is private.
func (r *redactor) text(s string) string {
	s = withoutSecrets(s)
	s = users.ReplaceAllStringFunc(s, func(whole string) string {
		m := users.FindStringSubmatch(whole)
		return m[1] + r.placeholder("user", m[2])
	})
	s = mails.ReplaceAllStringFunc(s, func(mail string) string { return r.placeholder("user", mail) })
	for _, n := range r.names {
		s = replaceWord(s, n.name, r.placeholder(n.kind, n.name))
	}
	s = hosts.ReplaceAllStringFunc(s, func(host string) string {
		if strings.HasSuffix(host, ".k8s.io") || strings.HasSuffix(host, ".openshift.io") {
			return host
		}
		return r.placeholder("server", host)
	})
	return numbers.ReplaceAllStringFunc(s, func(a string) string {
		ip, err := netip.ParseAddr(strings.Trim(a, "[]"))
		if err != nil || ip.IsLoopback() || ip.IsUnspecified() {
			return a
		}
		return r.placeholder("address", ip.String())
	})
}

// replaceWord replaces a name where no letter or digit is next to it.
func replaceWord(s, name, by string) string {
	var out strings.Builder
	for {
		i := strings.Index(s, name)
		if i < 0 {
			break
		}
		end := i + len(name)
		whole := (i == 0 || !wordByte(s[i-1])) && (end == len(s) || !wordByte(s[end]))
		out.WriteString(s[:i])
		if whole {
			out.WriteString(by)
		} else {
			out.WriteString(name)
		}
		s = s[end:]
	}
	out.WriteString(s)
	return out.String()
}

func wordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_'
}
