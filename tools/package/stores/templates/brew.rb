{{- define "files"}}
{{- range .}}
    on_{{.For "brew"}} do
      url {{ruby .URL}}
      sha256 {{ruby .Sum}}
    end
{{- end}}
{{- end -}}
{{- with .Placeholders}}# NOT TO BE SUBMITTED: made with placeholders for {{join . ", "}}.
{{end -}}
class Culvert < Formula
  desc {{ruby .Facts.Summary}}
  homepage {{ruby .Facts.Homepage}}
  version {{ruby .Version.String}}
  license {{ruby .Facts.Licence}}
{{- with .CLIFor "darwin"}}

  on_macos do
{{- template "files" .}}
  end
{{- end}}
{{- with .CLIFor "linux"}}

  on_linux do
{{- template "files" .}}
  end
{{- end}}

  def install
    bin.install "kubectl-{{.Facts.Package}}", "completions/kubectl_complete-{{.Facts.Package}}"
    bin.install_symlink "kubectl-{{.Facts.Package}}" => "{{.Facts.Package}}"
    bash_completion.install "completions/{{.Facts.Package}}.bash" => "{{.Facts.Package}}"
    zsh_completion.install "completions/_{{.Facts.Package}}"
    fish_completion.install "completions/{{.Facts.Package}}.fish"
    man1.install Dir["man/*.1"]
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/{{.Facts.Package}} --version")
  end
end
