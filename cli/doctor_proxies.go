package cli

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"culvert/kube"
)

// proxied tells by which proxies contexts are reached; kube.Clusters implements it.
type proxied interface {
	Contexts() ([]kube.Context, error)
	Proxy(kubeContext string) (*url.URL, error)
}

// proxyCheck looks at the proxies of the environment, and at those by which contexts
// are reached.
func proxyCheck(p probes, c proxied) func(context.Context) []finding {
	return func(ctx context.Context) []finding {
		out := p.proxyVariables()
		contexts, _ := c.Contexts() // the check of kubeconfigs tells what is wrong with those
		by := make(map[string][]kube.Context)
		var proxies []string
		for _, k := range contexts {
			if k.Err != nil {
				continue
			}
			proxy, err := c.Proxy(k.Name)
			if err != nil {
				out = append(out, failed(err, "").of(k.Name))
				continue
			}
			key := ""
			if proxy != nil {
				key = proxy.String()
			}
			if by[key] == nil {
				proxies = append(proxies, key)
			}
			by[key] = append(by[key], k)
		}
		for _, proxy := range proxies {
			if proxy != "" {
				out = append(out, p.proxyFindings(ctx, proxy, by[proxy])...)
			} else if len(out) > 0 {
				out = append(out, fine("%s reached directly.", namesOf(by[""])))
			}
		}
		if len(out) == 0 {
			return []finding{fine("None is set: API servers are reached directly.")}
		}
		return out
	}
}

// namesOf names contexts, a few of many.
func namesOf(contexts []kube.Context) string {
	const most = 5
	var names []string
	for _, k := range contexts[:min(len(contexts), most)] {
		names = append(names, k.Name)
	}
	if n := len(contexts) - most; n > 0 {
		names = append(names, contextsWord(n)+" more")
	}
	if len(contexts) == 1 {
		return "Context " + names[0] + " is"
	}
	return "Contexts " + listOf(names) + " are"
}

// proxyVariables tells which variables of the environment name proxies.
func (p probes) proxyVariables() []finding {
	var out []finding
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY"} {
		value, name := p.variable(name)
		if value == "" {
			continue
		}
		text, ok := shownProxy(value)
		if !ok {
			out = append(out, faulty("Write it as http://host:port.", "It is no address of a proxy.").of(name))
			continue
		}
		out = append(out, fine("%s", text).of(name))
	}
	if value, name := p.variable("NO_PROXY"); value != "" {
		out = append(out, fine("%s", value).of(name))
	}
	if value, name := p.variable("ALL_PROXY"); value != "" {
		if https, _ := p.variable("HTTPS_PROXY"); https == "" {
			out = append(out, noted("Set HTTPS_PROXY, if API servers are to be reached by it.", "It is not heeded, by kubectl neither.").of(name))
		}
	}
	return out
}

// variable returns a variable of the environment that is spelled in capitals or not,
// and how it is spelled.
func (p probes) variable(name string) (value, spelled string) {
	for _, spelled := range []string{name, strings.ToLower(name)} {
		if v := p.env(spelled); v != "" {
			return v, spelled
		}
	}
	return "", name
}

// shownProxy is the address of a proxy without its password; false for none.
func shownProxy(value string) (string, bool) {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" { // "proxy:3128" is taken for one of HTTP
		u, err = url.Parse("http://" + value)
	}
	if err != nil || u.Hostname() == "" {
		return "", false
	}
	with := ""
	if u.User != nil {
		with = ", with a user name"
		if _, ok := u.User.Password(); ok {
			with += " and a password"
		}
		u.User = nil
	}
	return u.Scheme + "://" + u.Host + with, true
}

// proxyFindings tells of one proxy and the contexts that are reached by it.
func (p probes) proxyFindings(ctx context.Context, proxy string, contexts []kube.Context) []finding {
	names := namesOf(contexts)
	u, err := url.Parse(proxy)
	if err != nil {
		return []finding{failed(err, "Write it as http://host:port.")}
	}
	var out []finding
	if err := p.dial(ctx, hostPort(u)); err != nil {
		out = append(out, faulty("See that the VPN is up and the proxy's address right; or take it out of HTTPS_PROXY, or out of the kubeconfig (proxy-url).",
			"%s reached by it, but it cannot be connected to: %v.", names, innermost(err)).of(proxy))
	} else {
		out = append(out, fine("It can be connected to. %s reached by it.", names).of(proxy))
	}
	for _, k := range contexts {
		if host := privateHost(k.Server); host != "" {
			out = append(out, noted("If it should be reached directly, add "+host+" to NO_PROXY.",
				"Its API server %s is in a private network, but is reached by the proxy %s.", host, proxy).of(k.Name))
		}
	}
	return out
}

// hostPort is where a proxy listens.
func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), or(port, "80"))
}

// innermost is the innermost text of a network's error.
func innermost(err error) string {
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		return text[i+2:]
	}
	return text
}

// privateHost returns the host of a server that hardly any proxy reaches; empty for
// others.
func privateHost(server string) string {
	u, err := url.Parse(server)
	if err != nil {
		return ""
	}
	host := u.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.IsPrivate() || ip.IsLinkLocalUnicast() {
			return host
		}
		return ""
	}
	local := []string{".local", ".localdomain", ".lan", ".internal", ".svc"}
	if slices.ContainsFunc(local, func(end string) bool { return strings.HasSuffix(host, end) }) || !strings.Contains(host, ".") {
		return host
	}
	return ""
}
