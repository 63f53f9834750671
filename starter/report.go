package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"temper/deploy/endpoints"
	"temper/model/artifact"
)

func newReportCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "report RUN",
		Short: "Fetch a run's report, one self-contained HTML page",
		Args:  cobra.ExactArgs(1),
		RunE: action(func(cmd *cobra.Command, args []string) error {
			if out == "" {
				out = filepath.Join(dataDir(cmd), "reports", args[0]+".html")
			}
			return report(cmd, args[0], out)
		}),
	}
	cmd.Flags().StringVar(&out, "out", "", "`FILE` to write (default: reports/RUN.html in the data directory)")
	return cmd
}

func report(cmd *cobra.Command, name, path string) error {
	e, rs, err := connect(cmd.Context(), dataDir(cmd))
	if err != nil {
		return err
	}
	defer rs.close()
	ref, err := reportRef(cmd.Context(), rs, name)
	if err != nil {
		return err
	}
	if err := saveReport(cmd.Context(), e, ref, path); err != nil {
		return err
	}
	fmt.Fprintln(cmd.OutOrStdout(), path)
	return nil
}

// reportRef finds the page of a run: in its result, or in its progress while it runs.
func reportRef(ctx context.Context, rs runs, name string) (artifact.Ref, error) {
	d, err := rs.describe(ctx, name)
	if err != nil {
		return artifact.Ref{}, err
	}
	var ref artifact.Ref
	switch d.status {
	case statusAbsent:
		return ref, fmt.Errorf("there is no run %q; see `starter status`", name)
	case statusRunning:
		p, err := rs.progress(ctx, name)
		if err != nil {
			return ref, err
		}
		ref = p.Report
	default:
		result, err := rs.result(ctx, name)
		if err != nil {
			return ref, err
		}
		ref = result.Report
	}
	if ref.IsZero() {
		return ref, fmt.Errorf("run %s is %s and has no report yet", name, d.status)
	}
	return ref, nil
}

// saveReport fetches the page from the store and writes it: the whole new file
// or none.
func saveReport(ctx context.Context, e endpoints.Endpoints, ref artifact.Ref, path string) error {
	store, err := e.OpenStore(ctx)
	if err != nil {
		return fmt.Errorf("fetch report: %w", err)
	}
	page, err := store.Get(ctx, ref)
	if err != nil {
		return fmt.Errorf("fetch report: %w", err)
	}
	return writeWhole(path, page)
}

func writeWhole(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new*")
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
