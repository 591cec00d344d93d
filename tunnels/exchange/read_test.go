package exchange

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"culvert/tunnels"
	"culvert/tunnels/command"
)

// secretMark is what no proposal may tell.
const secretMark = "Hunter2Marker"

// line is a proposal in one line.
func line(p Proposal) string {
	out := p.From + ": " + command.Quick(p.Spec)
	if p.Profile != "" {
		out += " in " + p.Profile
	}
	for _, n := range p.Notes {
		out += " ~ " + n
	}
	for _, n := range p.Problems {
		out += " ! " + n
	}
	return out
}

func lines(f Found) string {
	var out []string
	for _, p := range f.Proposals {
		out = append(out, line(p))
	}
	for _, i := range f.Ignored {
		out = append(out, fmt.Sprintf("ignored %d %s", i.Count, i.What))
	}
	out = append(out, f.Notes...)
	return strings.Join(out, "\n")
}

func TestReadFiles(t *testing.T) {
	tests := []struct {
		name   string
		format Format
		want   []string
	}{
		{"kftray.json", FormatKftray, []string{
			"entry 1: svc/web 18081:80 -n shop --context demo --name=shop-web ~ Its name is not written into this computer's hosts file: use localhost.",
			"entry 2: selector/app=grafana :3000 -n observability --context demo --name=grafana ~ Its HTTP requests are not logged.",
			"entry 3: svc/postgres 15432:5432 -n data --context demo --name=postgres",
			"entry 4: svc/kube-dns 5353:53 -n kube-system --context demo --name=dns ! It carries UDP, which the port-forward of Kubernetes does not.",
			"entry 5: svc/ 6000:443 -n shop --context demo --name=outside ! It goes through a relay in the cluster to an address outside of it, which is not done here: make a tunnel to a pod or service that reaches it.",
		}},
		{"kube-forwarder.json", FormatKubeForwarder, []string{
			"Shop, resource 1: svc/web 18082:80 -n shop --context demo --name=Web in Shop",
			"Shop, resource 2: deploy/api 18083:8080 :9090 -n shop --context demo --address 0.0.0.0 in Shop",
			"Shop, resource 3: pod/postgres-0 15433:5432 -n data --context demo in Shop",
			"The kubeconfig in the file is not imported, nor are its passwords and keys: import the kubeconfig of the cluster, if it is not there yet.",
		}},
		{"dev.sh", FormatCommands, []string{
			"line 15: svc/web 18084:80 -n shop --context demo",
			"line 18: svc/cart-redis :6379 -n shop --name=Cart ~ --token is dropped: secrets are not kept, and signing in is done with the context.",
			"line 19: pod/postgres-0 15434:5432 -n data --address 0.0.0.0 ~ Sudo has no effect here: a tunnel runs with your own rights.",
			"line 21: :80 -n shop --context demo ! It uses $svc, and what that is cannot be told from the script. Put its value in its place.",
			"ignored 7 commands that forward no ports",
		}},
		{"k9s.yaml", FormatAnnotations, []string{
			"line 6: deploy/web 18085:8080 http 18086:9090 -n shop",
			"line 20: pod/one ! “x::y::z” is not what k9s reads: write CONTAINER::LOCAL:PORT.",
			"ignored 1 manifests without such annotations",
		}},
		{"k9s-plugins.yaml", FormatPlugins, []string{
			"line 2: svc/grafana 13000:80 -n observability --context demo --name=grafana",
			"line 16: 8080:80 --name=here ! It uses $NAME, and what that is cannot be told from the script. Put its value in its place. ! It uses $NAMESPACE, and what that is cannot be told from the script. Put its value in its place.",
			"ignored 1 plugins that forward no ports",
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := ReadFile(filepath.Join("testdata", tt.name))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := lines(f), strings.Join(tt.want, "\n"); got != want || f.Format != tt.format || f.Name != tt.name {
				t.Errorf("%s %s:\n%s\nwant %s\n%s", f.Format, f.Name, got, tt.format, want)
			}
			if strings.Contains(fmt.Sprintf("%+v", f), secretMark) {
				t.Errorf("it tells a secret: %+v", f)
			}
		})
	}
}

func utf16Of(s string, order binary.AppendByteOrder) []byte {
	out := order.AppendUint16(nil, 0xfeff)
	for _, u := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

func TestRead(t *testing.T) {
	const script = "kubectl port-forward svc/é 80 -n shop"
	plain := "kubectl port-forward svc/web 80 -n shop"
	tests := []struct {
		name, file string
		data       []byte
		want       string // or a part of the error
	}{
		{"a single forward of kftray", "", []byte(`{"service":"a","namespace":"b","local_port":1,"remote_port":2,"context":"c","workload_type":"service"}`), "entry 1: svc/a 1:2 -n b --context c"},
		{"other entries", "", []byte(`[{"remote_port":2,"service":"a"},3,{"x":1}]`), "entry 1: svc/a :2\nignored 2 entries that are no forwards"},
		{"ports as words", "", []byte(`[{"remote_port":"2","service":"a","local_port":"99999"}]`), "entry 1: svc/a :2 ! Its local port is not a port. Give a number from 0 to 65535."},
		{"no port", "", []byte(`[{"local_port":2,"service":"a"}]`), "entry 1: svc/a ! It names no port of its target."},
		{"a broken selector", "", []byte(`[{"remote_port":2,"workload_type":"pod","target":""}]`), "entry 1: selector/ :2 ! The selector is empty and would mean every pod: write selector/app=NAME."},
		{"exposed", "", []byte(`[{"local_port":2,"workload_type":"expose","alias":"a"}]`), "entry 1: --name=a"},
		{"an unknown address", "", []byte(`[{"remote_port":2,"service":"a","local_address":"a.localhost"}]`), "entry 1: svc/a :2 ~ Its local address is no IP address: it listens on localhost instead."},
		{"a loopback address", "", []byte(`[{"remote_port":2,"service":"a","local_address":"127.0.0.9"}]`), "entry 1: svc/a :2 --address 127.0.0.9 ~ It listens on 127.0.0.9: on a Mac, that address has to be set up first."},
		{"the state of kube-forwarder", "", []byte(`{"version":2,"Clusters":{"items":{"1":{"name":"A","config":{"currentContext":"c","path":"/etc/passwd"}}}},"Services":{"items":{"2":{"clusterId":"1","namespace":"n","workloadType":"pod","workloadName":"p","forwards":[{"localPort":1,"remotePort":2}]}}}}`), "A, resource 1: pod/p 1:2 -n n --context c in A"},
		{"another version of it", "", []byte(`{"version":1,"clusters":[{"_services":[]}]}`), "error: only version 2"},
		{"nothing in it", "", []byte(`{"version":2,"clusters":[{"_services":[]}]}`), "error: there is no port-forward in this kube-forwarder export"},
		{"other JSON", "", []byte(`{"a":1}`), "error: nothing in this JSON"},
		{"a field twice", "", []byte("[\n{\"remote_port\":1,\"remote_port\":2}]"), "error: the JSON is broken at line 2: a field is there twice"},
		{"broken JSON", "a.json", []byte("[\n{,"), "error: the JSON is broken at line 2: a sign is missing"},
		{"more behind it", "", []byte("[] []"), "error: something stands behind"},
		{"too deep", "", []byte(strings.Repeat("[", 10_000)), "error: it is nested deeper"},
		{"too much", "", []byte("[" + strings.Repeat("0,", 300_000) + "0]"), "error: it holds more"},
		{"a script that begins like JSON", "", []byte("[ -n x ] && " + plain), "line 1: svc/web 80 -n shop\nignored 1 commands that forward no ports"},
		{"UTF-16 of Windows", "", utf16Of(plain, binary.LittleEndian), "line 1: svc/web 80 -n shop"},
		{"the other UTF-16", "", utf16Of(plain, binary.BigEndian), "line 1: svc/web 80 -n shop"},
		{"half a letter", "", []byte("\xff\xfea"), "error: half a letter"},
		{"a mark before UTF-8", "", []byte("\xef\xbb\xbf" + plain), "line 1: svc/web 80 -n shop"},
		{"Latin-1", "", []byte("# caf\xe9\n" + plain), "line 2: svc/web 80 -n shop\nSome letters cannot be read: save the file as UTF-8 if names are wrong."},
		{"letters that cannot be in names", "", []byte(script), `line 1: 80 -n shop ! "é" is not a name in Kubernetes: use small letters, digits, '-' and '.'.`},
		{"hidden letters", "", []byte("[{\"alias\":\"a\u202eb\\u0000\\u001bc\",\"remote_port\":1,\"service\":\"a\u200b\"}]"), "entry 1: svc/a :1 --name=abc ~ Its name has characters that cannot be shown, or too many: they are left out. ! It has characters that cannot be shown in the name of its target, namespace or context."},
		{"a long name", "", []byte(`[{"alias":"` + strings.Repeat("é", 5000) + `","remote_port":1,"service":"a"}]`), "~ Its name has characters that cannot be shown, or too many"},
		{"a path as a name", "", []byte(`[{"alias":"../../etc/passwd","remote_port":1,"service":"../x","namespace":"../n"}]`), "! \"../n\" is not a namespace's name"},
		{"a token as a name", "", []byte(`[{"alias":"sha256~` + secretMark + `","remote_port":1,"service":"a"}]`), "! Something in it looks like a token or password: remove that from the file."},
		{"an address with a password as a context", "", []byte("kubectl --context https://bob:" + secretMark + "@host port-forward svc/web 80"), "! This looks like a token or password. Remove it from the text. Signing in is done with the context."},
		{"the same in an export", "", []byte(`[{"alias":"a","context":"https://bob:` + secretMark + `@host","remote_port":1,"service":"a"}]`), "! Something in it looks like a token or password: remove that from the file."},
		{"a zip", "a.json", []byte("PK\x03\x04\x00\x00"), "error: this is an archive"},
		{"a binary", "", []byte("\x7fELF\x00\x00"), "error: this is no text"},
		{"noise", "", []byte(strings.Repeat("\xfe\x81\x82", 100) + "a"), "error: this is no text"},
		{"empty", "", []byte(" \n"), "error: it is empty"},
		{"too large", "", make([]byte, MaxSize+1), "error: it is larger than 4 MiB"},
		{"another text", "", []byte("Dear all,\nsee you at 8:00.\n"), "error: nothing in it is known to be a port-forward"},
		{"a kubeconfig", "", []byte("apiVersion: v1\nkind: Config\nusers:\n- user: {token: " + secretMark + "}\n"), "error: this is a kubeconfig"},
		{"the same elsewhere", "", []byte("a: &a [k9scli.io/, k9scli.io/]\nb: &b [*a, *a]\nc: [*b, *b]\n"), "error: there is no port-forward in this manifest"},
		{"broken YAML", "", []byte("k9scli.io/: [\n"), "error: the YAML is broken"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Read(tt.file, tt.data)
			got := lines(f)
			if err != nil {
				e := tunnels.AsError(err)
				got = "error: " + e.Error() + " " + e.Hint
				if e.Hint == "" {
					t.Error("nothing says what to do")
				}
			}
			if want, isErr := strings.CutPrefix(tt.want, "error: "); !strings.Contains(got, want) || isErr != (err != nil) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if strings.Contains(fmt.Sprintf("%+v %v", f, err), secretMark) {
				t.Errorf("it tells a secret: %+v, %v", f, err)
			}
		})
	}
}

func TestProposalsAreBounded(t *testing.T) {
	forward := `{"service":"a","remote_port":1,"local_port":1}`
	for name, data := range map[string]string{
		"kftray":         "[" + strings.Repeat(forward+",", MaxProposals+5) + forward + "]",
		"script":         strings.Repeat("kubectl port-forward svc/a 80\n", MaxProposals+5),
		"kube-forwarder": `{"version":2,"clusters":[{"name":"a","_services":[` + strings.Repeat(`{"namespace":"n","workloadType":"pod","workloadName":"p","forwards":[{"localPort":1,"remotePort":2}]},`, MaxProposals+5) + `{}]}]}`,
	} {
		f, err := Read("", []byte(data))
		if err != nil || len(f.Proposals) != MaxProposals || len(f.Notes) != 1 {
			t.Errorf("%s: %d proposals, %q, %v", name, len(f.Proposals), f.Notes, err)
		}
	}
}

func TestReadPaths(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("b.sh", "kubectl port-forward svc/b 80")
	write(".culvert/a.sh", "kubectl port-forward svc/a 80")
	write(".culvert/broken.json", "[")
	write("deep/c.sh", "kubectl port-forward svc/c 80")
	write("package.json", `{"name":"x"}`)
	write("notes.txt", "kubectl port-forward svc/d 80")
	if err := os.WriteFile(filepath.Join(outside, "e.sh"), []byte("kubectl port-forward svc/e 80"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "e.sh"), filepath.Join(dir, "e.sh")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("b.sh", filepath.Join(dir, "f.sh")); err != nil {
		t.Fatal(err)
	}
	found, err := ReadPaths(t.Context(), []string{dir, filepath.Join(dir, "notes.txt"), filepath.Join(dir, "missing")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range found {
		if f.Err != nil {
			got = append(got, f.Name+" "+f.Err.Error())
			continue
		}
		got = append(got, f.Name+" "+lines(f))
	}
	want := []string{
		"a.sh line 1: svc/a 80", "broken.json the JSON is broken at line 1: a sign is missing there or too many", "b.sh line 1: svc/b 80", "f.sh line 1: svc/b 80",
		"notes.txt line 1: svc/d 80", "missing there is no such file",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	write("many/1.sh", strings.Repeat("kubectl port-forward svc/a 80\n", MaxProposals-1))
	write("many/2.sh", strings.Repeat("kubectl port-forward svc/b 80\n", 10))
	if found, err := ReadPaths(t.Context(), []string{filepath.Join(dir, "many")}); err != nil || len(found) != 2 || len(found[1].Proposals) != 1 || len(found[1].Notes) != 1 {
		t.Errorf("many: %v", err)
	}
	for _, path := range []string{outside + "/none", os.DevNull, filepath.Join(dir, "package.json"), filepath.Join(dir, "deep", "..", "..")} {
		if found, err := ReadPaths(t.Context(), []string{path}); tunnels.AsError(err) == nil || len(found) != 1 || found[0].Name != filepath.Base(path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}
