package s3files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/rclone/gofakes3"
	"github.com/rclone/gofakes3/signature"
)

// HealthPath answers 200 to everybody while the server serves.
const HealthPath = "/healthz"

// Config says what to serve, and to whom.
type Config struct {
	Root                 string // the folder of all buckets
	Bucket               string // is made where it is missing
	AccessKey, SecretKey string
	Log                  *log.Logger
	// StopGrace is how long requests may go on after the end of the context.
	StopGrace time.Duration
}

// Serve serves S3 on listener until ctx ends. The listener's address is what keeps
// a second server away from the folder: Serve removes what is unfinished in it.
func Serve(ctx context.Context, listener net.Listener, c Config) error {
	handler, err := newHandler(c)
	if err != nil {
		listener.Close()
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute, ErrorLog: c.Log}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.StopGrace)
	defer cancel()
	if err := server.Shutdown(limited); err != nil {
		return fmt.Errorf("requests were cut off after %s: %w", c.StopGrace, err)
	}
	return nil
}

func newHandler(c Config) (http.Handler, error) {
	if c.AccessKey == "" || c.SecretKey == "" {
		return nil, errors.New("access key or secret key is empty")
	}
	if err := gofakes3.ValidateBucketName(c.Bucket); err != nil {
		return nil, fmt.Errorf("bucket %q is not a name: %w", c.Bucket, err)
	}
	b, err := open(c.Root)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(c.Root, c.Bucket), 0o755); err != nil {
		return nil, fmt.Errorf("make bucket %q: %w", c.Bucket, err)
	}
	s3 := gofakes3.New(b, gofakes3.WithLogger(faultLog{c.Log}), gofakes3.WithUnimplementedPageError()).Server()
	mux := http.NewServeMux()
	mux.HandleFunc(HealthPath, func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if !authenticated(w, r, c) {
			return
		}
		// gofakes3 takes this for a checksum; minio-go names the kind of its trailer in it.
		r.Header.Del("X-Amz-Checksum-Algorithm")
		// A client that is refused while it still sends would see a broken
		// connection and no answer.
		sent := r.Body
		defer io.Copy(io.Discard, sent)
		r.Body = io.NopCloser(sent)

		r.Body = verified(r)
		if err := dechunked(r, c); err != nil {
			refuse(w, signature.APIError{Code: "InvalidRequest", Description: err.Error(), HTTPStatusCode: http.StatusBadRequest})
			return
		}
		if r.Method == http.MethodPut || r.Method == http.MethodPost {
			w, r = withStatus(w, r)
		}
		s3.ServeHTTP(w, r)
	})
	return mux, nil
}

// authenticated answers a request that the one user did not sign, and returns false.
// gofakes3 could do that too, but then the request could not be changed behind it.
func authenticated(w http.ResponseWriter, r *http.Request, c Config) bool {
	verdict := signature.V4SignVerifyWithLookup(r, func(access string) (string, bool) {
		return c.SecretKey, access == c.AccessKey
	})
	if verdict == signature.ErrNone {
		return true
	}
	refuse(w, signature.GetAPIError(verdict))
	return false
}

func refuse(w http.ResponseWriter, why signature.APIError) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(why.HTTPStatusCode)
	w.Write(signature.EncodeAPIErrorToResponse(why))
}

// faultLog passes on what gofakes3 has to say about faults, not about each request.
type faultLog struct{ to *log.Logger }

// Print implements gofakes3.Logger.
func (l faultLog) Print(level gofakes3.LogLevel, v ...any) {
	if level != gofakes3.LogInfo {
		l.to.Println(append([]any{level}, v...)...)
	}
}
