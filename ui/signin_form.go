package ui

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/kube/login"
)

// signForm is what stands in the fields of the Add cluster sheet. It holds
// secrets: nothing prints it, and it is forgotten when the sheet closes.
type signForm struct {
	server    string
	way       string // kube.WithToken or kube.WithPassword
	token     string
	user      string
	password  string
	name      string
	ca        string // the path of a file
	namespace string // only a pasted line names one
}

// String hides all of it.
func (signForm) String() string { return "a form with secrets" }

// GoString hides all of it.
func (f signForm) GoString() string { return f.String() }

// signComplaints are the sentences below the fields; empty where all is well.
type signComplaints struct{ server, token, user, password string }

func (c signComplaints) any() bool { return c != signComplaints{} }

// signFormOf returns the form for signing in to a context again.
func signFormOf(c kube.Context) signForm {
	f := signForm{server: c.Server, way: kube.WithToken, name: c.Name, namespace: c.Namespace}
	if c.With == kube.WithPassword {
		f.way, f.user = kube.WithPassword, c.User
	}
	return f
}

// take fills in what a line of `oc login` says; what it does not say stays.
func (f *signForm) take(l login.Line) {
	f.server = cmp.Or(l.Server, f.server)
	f.ca = cmp.Or(l.CAFile, f.ca)
	f.namespace = cmp.Or(l.Namespace, f.namespace)
	if l.Token != "" {
		f.way, f.token, f.user, f.password = kube.WithToken, l.Token, "", ""
		return
	}
	f.way, f.token, f.user = kube.WithPassword, "", l.User
	f.password = cmp.Or(l.Password, f.password)
}

// foundIn says what a line of `oc login` holds, without its secrets.
func foundIn(l login.Line) string {
	found := []string{host(l.Server)}
	switch {
	case l.Token != "":
		found = append(found, lang.L("a token"))
	case l.Password != "":
		found = append(found, lang.L("user {{.User}} with a password", vars{"User": l.User}))
	default:
		found = append(found, lang.L("user {{.User}}", vars{"User": l.User}))
	}
	if l.Namespace != "" {
		found = append(found, lang.L("namespace {{.Namespace}}", vars{"Namespace": l.Namespace}))
	}
	if l.CAFile != "" {
		found = append(found, lang.L("an authority's file"))
	}
	return lang.L("Understood: {{.What}}.", vars{"What": strings.Join(found, ", ")})
}

// complaints say what is missing, or cannot be right.
func (f signForm) complaints() signComplaints {
	var bad signComplaints
	if strings.TrimSpace(f.server) == "" {
		bad.server = lang.L("Give the URL of the cluster's API server, as https://api.example.com:6443.")
	} else if _, err := login.ParseServer(f.server); err != nil {
		bad.server = complaint(err)
	}
	if f.way == kube.WithToken {
		if strings.TrimSpace(f.token) == "" {
			bad.token = lang.L("Paste a token.")
		} else if _, err := login.ParseToken(f.token); err != nil {
			bad.token = complaint(err)
		}
		return bad
	}
	if strings.TrimSpace(f.user) == "" {
		bad.user = lang.L("Give the name of a user.")
	}
	if f.password == "" {
		bad.password = lang.L("Type the user's password.")
	}
	return bad
}

// request is what to ask the cluster for, but for the authority's file.
func (f signForm) request() kube.LoginRequest {
	r := kube.LoginRequest{Name: strings.TrimSpace(f.name), Server: strings.TrimSpace(f.server), Namespace: f.namespace}
	if f.way == kube.WithToken {
		r.Token = f.token
		return r
	}
	r.User, r.Password = strings.TrimSpace(f.user), f.password
	return r
}
