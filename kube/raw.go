package kube

import (
	"regexp"
	"strings"
)

// removed stands where a secret was.
const removed = "[removed]"

// secretName is what a secret is called that follows.
const secretName = `[a-z_-]*(?:token|passw(?:or)?d|secret|api[_-]?key|key-?data)`

// secretForms are how secrets look in foreign texts; the group of each stays.
var secretForms = []*regexp.Regexp{
	regexp.MustCompile(`(?i)\b((?:bearer|basic|negotiate)\s+)[a-z0-9._~+/=-]{16,}`),
	regexp.MustCompile(`()\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]*`),         // JSON web tokens
	regexp.MustCompile(`()\bsha256~[A-Za-z0-9_-]{8,}`),                      // OpenShift's
	regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^\s/"'` + "`" + `]*@`), // user and password of a URL
	regexp.MustCompile(`(?is)()-----BEGIN [A-Z ]*PRIVATE KEY.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`),
	regexp.MustCompile(`(?i)(` + secretName + `["']?\s*(?:=\s*["']?|:\s*["']))[^\s"'&,;]+`),
	regexp.MustCompile(`(?im)(` + secretName + `["']?:[ \t]*)[^\s"'&,;{}\[|>]+(?:[ \t\r]*$|\s*})`), // as in YAML
	regexp.MustCompile(`(?i)(` + secretName + `["']?:\s*)[a-z0-9._~+/=-]{16,}`),                    // a sentence has shorter words
	regexp.MustCompile(`([?&]code=)[^\s"'&]+`),
}

// withoutSecrets takes out of a foreign text what may be a secret, and whatever
// the context's own secrets are.
func (cl *cluster) withoutSecrets(s string) string {
	const least = 4 // shorter ones would be found in any text
	for _, own := range []string{cl.rest.BearerToken, cl.rest.Password} {
		if len(own) >= least {
			s = strings.ReplaceAll(s, own, removed)
		}
	}
	return WithoutSecrets(s)
}

// WithoutSecrets takes out of a text what may be a secret.
func WithoutSecrets(s string) string {
	for _, form := range secretForms {
		s = withoutForm(form, s)
	}
	return s
}

// withoutForm takes out what has one form. What looks like a secret may be the name of
// the next one, as after an empty variable: it is looked into as well.
func withoutForm(form *regexp.Regexp, s string) string {
	var out strings.Builder
	done := 0 // up to where s is written, or taken out
	for at := 0; at < len(s); {
		m := form.FindStringSubmatchIndex(s[at:])
		if m == nil {
			break
		}
		begin, end := at+m[3], at+m[1]
		if begin >= done {
			out.WriteString(s[done:begin])
			out.WriteString(removed)
		}
		done = max(done, end)
		if at = begin; m[3] == m[0] { // it has no name
			at = end
		}
	}
	out.WriteString(s[done:])
	return out.String()
}

// shown returns an error that reads as err does but for secrets and what
// [presentable] takes out, and wraps it.
func (cl *cluster) shown(err error) error {
	said := err.Error()
	if safe := clean(cl.withoutSecrets(said), mostMessage); safe != said {
		return &shownError{safe, err}
	}
	return err
}

// raw returns the original words behind a sentence, one line without secrets;
// empty when the sentence has them itself, and when they repeat what a credential
// plugin has answered.
func (cl *cluster) raw(sentence, original error) string {
	if isAnswer(original.Error()) {
		return ""
	}
	words := clean(cl.withoutSecrets(original.Error()), mostMessage)
	if strings.Contains(cl.shown(sentence).Error(), words) {
		return ""
	}
	return words
}
