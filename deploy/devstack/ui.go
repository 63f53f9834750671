package main

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
)

// startUI serves Temporal's web UI, with its write actions allowed, and returns when it answers.
func startUI(ctx context.Context, addr, frontend netip.AddrPort, namespace string) (*uiserver.Server, error) {
	ui := uiserver.NewServer(uioptions.WithConfigProvider(&uiconfig.Config{
		Host:                addr.Addr().String(),
		Port:                int(addr.Port()),
		TemporalGRPCAddress: frontend.String(),
		EnableUI:            true,
		DefaultNamespace:    namespace,
		CORS:                uiconfig.CORS{CookieInsecure: true}, // plain http on loopback
		HideLogs:            true,
		DisableNewsFetch:    true,
	}))
	failed := make(chan error, 1)
	go func() { failed <- ui.Start() }() // blocks until Stop
	if err := awaitHTTP(ctx, "http://"+addr.String()+"/healthz", failed); err != nil {
		ui.Stop()
		return nil, fmt.Errorf("temporal ui: %w", err)
	}
	return ui, nil
}

// awaitHTTP returns nil when url answers 200, or the error of ctx, or what failed reports.
func awaitHTTP(ctx context.Context, url string, failed <-chan error) error {
	client := http.Client{Timeout: 2 * time.Second}
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
			err = fmt.Errorf("%s answers %s", url, resp.Status)
		}
		select {
		case f := <-failed:
			return fmt.Errorf("stopped before it was ready: %w", f)
		case <-ctx.Done():
			return fmt.Errorf("not ready in time: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
