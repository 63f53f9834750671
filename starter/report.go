package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"temper/activities"
	"temper/activities/objectstore"
	"temper/deploy/endpoints"
	"temper/model/artifact"
	pages "temper/model/report"
)

func newReportCommand() *cobra.Command {
	var out, serve string
	cmd := &cobra.Command{
		Use:   "report [RUN]",
		Short: "Write a run's report, one self-contained HTML page, or serve those of all runs",
		Long: `Write the report of a run, one self-contained HTML page, and print its path. It is
made of what the run has recorded in the store: a run that has not ended has a
page of what it has done so far, and neither Temporal nor a worker has to run.

With --serve the pages are served on this machine instead, RUN's or a list of all runs, and
change while the runs go on.`,
		Example: `  bin/starter report demo
  bin/starter report demo --out demo.html
  bin/starter report --serve 127.0.0.1:8333`,
		Args: func(cmd *cobra.Command, args []string) error {
			if serve != "" && len(args) == 0 {
				return nil
			}
			return oneArg("RUN", "the name of a run")(cmd, args)
		},
		RunE: action(func(cmd *cobra.Command, args []string) error {
			if serve != "" {
				return serveReports(cmd, serve, strings.Join(args, ""))
			}
			if out == "" {
				out = filepath.Join(dataDir(cmd), "reports", args[0]+".html")
			}
			return writeReport(cmd, args[0], out)
		}),
	}
	cmd.Flags().StringVar(&out, "out", "", "`FILE` to write (default: reports/RUN.html in the data directory)")
	cmd.Flags().StringVar(&serve, "serve", "", "`ADDRESS` on this machine to serve the pages on, until interrupted; port 0 takes a free one")
	cmd.MarkFlagsMutuallyExclusive("out", "serve")
	return cmd
}

func writeReport(cmd *cobra.Command, name, path string) error {
	ctx, data := cmd.Context(), dataDir(cmd)
	store, err := endpoints.OpenReader(ctx, data)
	if err != nil {
		return err
	}
	page, err := reportPage(ctx, store, name)
	if errors.Is(err, errNoRun) {
		return noRun(ctx, store, data, name)
	}
	if err != nil {
		return err
	}
	if err := writeWhole(path, page); err != nil {
		return err
	}
	fmt.Fprintln(cmd.OutOrStdout(), path)
	return nil
}

// reportPage is the page that the run wrote at its end, or one of what it has
// recorded so far.
func reportPage(ctx context.Context, store objectstore.Reader, name string) ([]byte, error) {
	s, err := readRun(ctx, store, name)
	if err != nil {
		return nil, err
	}
	return renderRun(ctx, store, s)
}

func renderRun(ctx context.Context, store objectstore.Reader, s storedRun) ([]byte, error) {
	if !s.page.IsZero() {
		return fetchReport(ctx, store, s.page)
	}
	var err error
	if s.shown.Samples, err = activities.ReportSamples(ctx, store, s.shown.Recipe.Stages, s.records); err != nil {
		return nil, err
	}
	return pages.Render(s.shown)
}

func fetchReport(ctx context.Context, store objectstore.Reader, ref artifact.Ref) ([]byte, error) {
	page, err := store.Get(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("fetch report: %w", err)
	}
	return page, nil
}

// writeWhole writes a file: the whole new one or none.
func writeWhole(path string, data []byte) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("write report: %s is a folder; valid: a file (--out)", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new*")
	var cannot *fs.PathError
	if errors.As(err, &cannot) { // without the name that is not the user's
		return fmt.Errorf("write report: create %s: %w", path, cannot.Err)
	}
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Chmod(0o644), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write report: %w", errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}
