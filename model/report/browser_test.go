package report

import (
	"bytes"
	"encoding/json"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPeersBrowser opens the page in chromium, wide, narrow and dark: nothing may be logged as an error, nothing may be wider than
// the window, and axe (https://github.com/dequelabs/axe-core, installed by make peers) may find no fault.
func TestPeersBrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("chromium is not installed (Debian: apt install chromium)")
	}
	found, err := filepath.Glob("../../.peers/lib/python3*/site-packages/axe_playwright_python/axe.min.js")
	if err != nil || len(found) == 0 {
		t.Skip("axe is not installed: run make peers")
	}
	axe, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	f := fakeRun()
	_, page := build(t, f.recipe, f.manifests)
	for name, flags := range map[string][]string{
		"wide": {"--window-size=1280,1000"}, "narrow": {"--window-size=390,1000"},
		"dark": {"--window-size=1280,1000", "--blink-settings=preferredColorScheme=0"},
	} {
		t.Run(name, func(t *testing.T) {
			b := browser{t, chromium, flags}
			if _, logged := b.open(page); strings.Contains(logged, "CONSOLE") {
				t.Errorf("chromium logs %s", logged)
			}
			// The page's own policy forbids scripts: the tester's copy is without it.
			test := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`).ReplaceAll(page, nil)
			test = append(test, "<script>"+string(axe)+`</script><script>
axe.run().then(r => { document.documentElement.setAttribute("data-axe", JSON.stringify(
  r.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200)).join(" | "))
  .concat(document.documentElement.scrollWidth <= document.documentElement.clientWidth ? [] :
    [...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll, pre, .skip") && e.getBoundingClientRect().right > document.documentElement.clientWidth)
    .slice(-3).map(e => "wider than the window: " + e.outerHTML.slice(0, 200))))) })
</script>`...)
			dom, _ := b.open(test)
			_, after, ok := strings.Cut(dom, `data-axe="`)
			if !ok {
				t.Fatal("axe has not ended")
			}
			var faults []string
			value, _, _ := strings.Cut(after, `"`)
			if err := json.Unmarshal([]byte(html.UnescapeString(value)), &faults); err != nil {
				t.Fatal(err)
			}
			for _, fault := range faults {
				t.Error(fault)
			}
		})
	}
}

type browser struct {
	t        *testing.T
	chromium string
	flags    []string
}

// open returns a page as it is after half a minute of the page's own time, and what chromium has logged.
func (b browser) open(page []byte) (dom, logged string) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), "page.html")
	if err := os.WriteFile(path, page, 0o600); err != nil {
		b.t.Fatal(err)
	}
	args := append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--virtual-time-budget=30000",
		"--user-data-dir=" + b.t.TempDir(), "--dump-dom",
	}, b.flags...)
	cmd := exec.CommandContext(b.t.Context(), b.chromium, append(args, "file://"+path)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		b.t.Fatalf("chromium: %v: %s", err, errs.String())
	}
	return string(out), errs.String()
}
