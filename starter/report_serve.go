package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"temper/activities/objectstore"
	"temper/deploy/endpoints"
	"temper/model/recipe"
	pages "temper/model/report"
)

// refreshSeconds is how often a browser asks again for a page that may change. Pages have no script: the header
// Refresh does it.
const refreshSeconds = 10

// reportServer shows the reports of the runs in a store, and a page that lists them. It answers this machine alone.
type reportServer struct {
	store objectstore.Reader
	// mu guards what is kept, so that several windows read a run once. A page that was written at a run's end never changes.
	mu   sync.Mutex
	kept map[string]keptPage
	now  func() time.Time
}

// keptPage is a run's page, and what the list says of the run.
type keptPage struct {
	page  []byte
	row   []string
	ended bool
	read  time.Time
}

func newReportServer(store objectstore.Reader) *reportServer {
	return &reportServer{store: store, kept: map[string]keptPage{}, now: time.Now}
}

// serveReports answers until the command is interrupted.
func serveReports(cmd *cobra.Command, address, name string) error {
	host, _, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return fmt.Errorf("--serve is %q; valid: an address of this machine alone, such as 127.0.0.1:8080 (port 0 takes a free one)", address)
	}
	store, err := endpoints.OpenReader(cmd.Context(), dataDir(cmd))
	if err != nil {
		return err
	}
	server := newReportServer(store)
	if name != "" {
		if _, err := server.page(cmd.Context(), name); errors.Is(err, errNoRun) {
			return noRun(cmd.Context(), store, dataDir(cmd), name)
		} else if err != nil {
			return err
		}
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("--serve: %w", err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "http://%s/%s\n", listener.Addr(), url.PathEscape(name))
	h := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second}
	defer context.AfterFunc(cmd.Context(), func() { _ = h.Close() })()
	if err := h.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("--serve: %w", err)
	}
	return nil
}

// ServeHTTP shows the run that the path names, or the list. A request by another name than an address of this machine is
// refused: a page elsewhere must not read the runs through a name that it makes lead here.
func (s *reportServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, err := net.SplitHostPort(r.Host)
	if ip := net.ParseIP(host); err != nil || host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		http.Error(w, "ask by the address that starter has printed", http.StatusForbidden)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "pages are only read", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/")
	var kept keptPage
	if name == "" {
		kept.page, err = s.list(r.Context())
	} else {
		kept, err = s.page(r.Context(), name)
	}
	switch {
	case errors.Is(err, errNoRun):
		http.Error(w, "there is no such run", http.StatusNotFound)
		return
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	if !kept.ended {
		h.Set("Refresh", fmt.Sprint(refreshSeconds))
	}
	_, _ = w.Write(kept.page) // a browser that went away
}

// page is a run's: the one that it wrote at its end, or one of what it has recorded so far.
func (s *reportServer) page(ctx context.Context, name string) (keptPage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	kept, known := s.kept[name]
	if known && (kept.ended || s.now().Sub(kept.read) < refreshSeconds/2*time.Second) {
		return kept, nil
	}
	if recipe.CheckName("run", name) != nil { // a place in the store that is no run's
		return keptPage{}, errNoRun
	}
	run, err := readRun(ctx, s.store, name)
	if err != nil {
		return keptPage{}, err
	}
	kept = keptPage{row: reportRow(run), ended: !run.page.IsZero(), read: s.now()}
	if kept.page, err = renderRun(ctx, s.store, run); err != nil {
		return keptPage{}, err
	}
	s.kept[name] = kept
	return kept, nil
}

// reportRow is what the list says of a run; its columns are those of list.
func reportRow(run storedRun) []string {
	took := ""
	if !run.shown.Ended.IsZero() {
		took = run.shown.Ended.Sub(run.started).Round(time.Second).String()
	}
	var newest []string // the last score of each benchmark
	var seen []string
	for _, score := range slices.Backward(run.scores) {
		if !slices.Contains(seen, score.Benchmark) {
			seen = append(seen, score.Benchmark)
			newest = append(newest, fmt.Sprintf("%s avg@%d %s", score.Benchmark, score.Samples, score.AvgText()))
		}
	}
	slices.Reverse(newest)
	return []string{run.id.Name, run.state(), clock(run.started), took, run.shown.Recipe.Name, strings.Join(newest, ", ")}
}

// list is the page of all runs, the newest first.
func (s *reportServer) list(ctx context.Context) ([]byte, error) {
	names, err := storedNames(ctx, s.store)
	if err != nil {
		return nil, err
	}
	table := pages.Table{Head: []string{"Run", "State", "Began", "Took", "Recipe", "Newest scores, %"}}
	for _, name := range names {
		kept, err := s.page(ctx, name)
		if err != nil {
			kept.row = []string{name, "cannot be read: " + err.Error(), "", "", "", ""}
		}
		table.Rows = append(table.Rows, kept.row)
	}
	slices.SortStableFunc(table.Rows, func(a, b []string) int { return strings.Compare(b[2], a[2]) })
	for _, row := range table.Rows {
		table.Links = append(table.Links, "/"+url.PathEscape(row[0]))
	}
	section := pages.DocumentSection{Title: fmt.Sprintf("%d runs", len(names)), Tables: []pages.Table{table}}
	if len(names) == 0 {
		section = pages.DocumentSection{Title: "No runs", Text: []string{"Nothing is recorded in the store yet."}}
	}
	return pages.RenderDocument(pages.Document{Kicker: "temper", Title: "Runs", Sections: []pages.DocumentSection{section}})
}
