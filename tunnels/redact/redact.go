// Package redact takes out of texts what lets somebody in, and what tells who and where
// somebody is. It is for what users are asked to give to others: reports.
package redact

import (
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Redactor takes out of texts what tells who and where somebody is. The same name
// always becomes the same placeholder, so that a text stays readable. It is for one
// goroutine.
type Redactor struct {
	names []Name // known names
	inUse bool   // they are the longest first
	found map[string]string
	count map[string]int
}

// Name is a name to be replaced, and what its placeholder calls it.
type Name struct {
	Name string
	Kind string
}

// New returns a redactor that knows no names.
func New() *Redactor {
	return &Redactor{found: make(map[string]string), count: make(map[string]int)}
}

// Know has a name replaced wherever it stands as a word; kind is what the
// placeholder calls it.
func (r *Redactor) Know(kind, name string) {
	if len(name) < 2 {
		return
	}
	r.names, r.inUse = append(r.names, Name{name, kind}), false
}

// KnowServer has a server's host replaced, given its URL.
func (r *Redactor) KnowServer(address string) {
	if u, err := url.Parse(address); err == nil {
		r.Know("server", u.Hostname())
	}
}

func (r *Redactor) placeholder(kind, name string) string {
	key := kind + " " + strings.ToLower(name)
	if p, ok := r.found[key]; ok {
		return p
	}
	r.count[kind]++
	p := fmt.Sprintf("%s-%d", kind, r.count[kind])
	r.found[key] = p
	return p
}

// patterns of what is secret or private wherever it stands. A group of tokens is what
// follows a name.
var (
	tokens  = regexp.MustCompile(`(?i)eyJ[\w-]+\.[\w-]+\.[\w-]*|sha256~[\w-]+|\bbearer\s+([^\s"',;]+)|\bauthorization:\s*basic\s+([^\s"',;]+)|\b[\w-]*(?:password|passwd|token|secret|api[_-]?key)\\?["']?\s*[=:]\s*\\?["']?([^\s"',;&\\]+)`)
	users   = regexp.MustCompile(`(?i)(\buser\s+\\?["'])([^"'\\]+)`)
	mails   = regexp.MustCompile(`\b[\w.+-]+@(?:[\w-]+\.)+[A-Za-z]{2,}\b`)
	logins  = regexp.MustCompile(`(\w+://)[^\s/@]+@`)
	hosts   = regexp.MustCompile(`(?i)\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.){2,}[a-z]{2,}\b`)
	numbers = regexp.MustCompile(`(?i)\b\d{1,3}(?:\.\d{1,3}){3}\b|\[?(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\]?`)
)

// WithoutSecrets returns s without what lets somebody in.
func WithoutSecrets(s string) string {
	return logins.ReplaceAllString(withoutTokens(s), "${1}(user)@")
}

// withoutTokens returns s without tokens and passwords. What follows a name may be the
// next name, as after an empty variable: it is looked into as well.
func withoutTokens(s string) string {
	var out strings.Builder
	done := 0 // up to where s is written, or taken out
	for at := 0; at < len(s); {
		m := tokens.FindStringSubmatchIndex(s[at:])
		if m == nil {
			break
		}
		if begin := at + m[0]; begin >= done {
			out.WriteString(s[done:begin])
			out.WriteString("(secret)")
		}
		done = max(done, at+m[1])
		if value := max(m[2], m[4], m[6]); value >= 0 {
			at += value
		} else {
			at += m[1]
		}
	}
	out.WriteString(s[done:])
	return out.String()
}

// Text returns s without what is private.
func (r *Redactor) Text(s string) string {
	s = WithoutSecrets(s)
	s = users.ReplaceAllStringFunc(s, func(whole string) string {
		m := users.FindStringSubmatch(whole)
		return m[1] + r.placeholder("user", m[2])
	})
	s = mails.ReplaceAllStringFunc(s, func(mail string) string { return r.placeholder("user", mail) })
	if !r.inUse {
		slices.SortStableFunc(r.names, func(a, b Name) int { return len(b.Name) - len(a.Name) })
		r.inUse = true
	}
	for _, n := range r.names {
		s = replaceWord(s, n.Name, r.placeholder(n.Kind, n.Name))
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
