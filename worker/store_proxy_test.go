package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"temper/deploy/endpoints"
	"temper/model/artifact"
)

// storeProxy stands between workers and their store. It knows what was written, and lets others meddle.
type storeProxy struct {
	where endpoints.Endpoints
	url   string
	store http.Handler

	mu       sync.Mutex
	meddlers []*meddler
	written  map[string]time.Time // when each object was written first, by the path of its request
}

// meddler answers a request in the store's stead, wholly or after the store, or returns false.
type meddler func(w http.ResponseWriter, r *http.Request, p *storeProxy) bool

// newStoreProxy is a proxy of the stack's store. It outlives the store's process.
func (s *realStack) newStoreProxy() *storeProxy {
	s.t.Helper()
	where, err := endpoints.Find(s.data)
	if err != nil {
		s.t.Fatal(err)
	}
	target, err := url.Parse(where.S3.Endpoint)
	if err != nil || target.Host == "" {
		target = &url.URL{Scheme: "http", Host: where.S3.Endpoint}
	}
	p := &storeProxy{where: where, written: map[string]time.Time{}}
	reverse := httputil.NewSingleHostReverseProxy(target) // the Host stays: it is signed
	reverse.ErrorLog = log.New(io.Discard, "", 0)
	reverse.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { reset(w) } // the store is away
	reverse.ModifyResponse = p.note
	p.store = reverse
	server := httptest.NewUnstartedServer(p)
	server.Config.ErrorLog = reverse.ErrorLog
	server.Start()
	s.t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	p.url = server.URL
	return p
}

// env is the environment of a worker whose requests to the store go through the proxy.
func (p *storeProxy) env() []string {
	return append(os.Environ(), "TEMPER_S3_ENDPOINT="+p.url, "TEMPER_S3_BUCKET="+p.where.S3.Bucket,
		"AWS_ACCESS_KEY_ID="+p.where.S3.AccessKey, "AWS_SECRET_ACCESS_KEY="+p.where.S3.SecretKey)
}

// meddle adds a meddler until undo is called.
func (p *storeProxy) meddle(m meddler) (undo func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.meddlers = append(p.meddlers, &m)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.meddlers = slices.DeleteFunc(p.meddlers, func(other *meddler) bool { return other == &m })
	}
}

func (p *storeProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	meddlers := slices.Clone(p.meddlers)
	p.mu.Unlock()
	for _, m := range meddlers {
		if (*m)(w, r, p) {
			return
		}
	}
	p.store.ServeHTTP(w, r)
}

// note remembers what the store has taken.
func (p *storeProxy) note(answer *http.Response) error {
	r := answer.Request
	if r.Method == http.MethodPut && answer.StatusCode == http.StatusOK {
		p.mu.Lock()
		defer p.mu.Unlock()
		if _, there := p.written[r.URL.Path]; !there {
			p.written[r.URL.Path] = time.Now()
		}
	}
	return nil
}

// records is how many records of a run name were written.
func (p *storeProxy) records(name string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for path := range p.written {
		if strings.HasPrefix(path, "/"+p.where.S3.Bucket+"/"+artifact.Root+name+"/") {
			n++
		}
	}
	return n
}

// youngerThan says whether an object was written less than age ago.
func (p *storeProxy) youngerThan(path string, age time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, there := p.written[path]
	return there && time.Since(at) < age
}

// reset breaks the connection off, as a host does that is restarted.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // a recorder: its meddler breaks off
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

func isList(r *http.Request) bool { return r.URL.Query().Has("list-type") }

func refuse(w http.ResponseWriter, code int, text string) bool {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(code)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>said so</Message></Error>", text)
	return true
}

func refusal(code int, text string, when func(*http.Request) bool) meddler {
	return func(w http.ResponseWriter, r *http.Request, _ *storeProxy) bool {
		return when(r) && refuse(w, code, text)
	}
}

var (
	always    = func(*http.Request) bool { return true }
	reading   = func(r *http.Request) bool { return r.Method == http.MethodGet && !isList(r) }
	writing   = func(r *http.Request) bool { return r.Method == http.MethodPut }
	recording = func(r *http.Request) bool { return writing(r) && strings.Contains(r.URL.Path, "/"+artifact.Root) }
)

// resets breaks connections off before the store has seen the request.
func resets(w http.ResponseWriter, _ *http.Request, _ *storeProxy) bool { reset(w); return true }

// losesAnswers breaks off after a write has taken effect.
func losesAnswers(w http.ResponseWriter, r *http.Request, p *storeProxy) bool {
	if !writing(r) {
		return false
	}
	p.store.ServeHTTP(httptest.NewRecorder(), r)
	reset(w)
	return true
}

// read is what the store answers to a read; nil for any other request or answer, which has then been passed on.
func (p *storeProxy) read(w http.ResponseWriter, r *http.Request) []byte {
	rec := httptest.NewRecorder()
	p.store.ServeHTTP(rec, r)
	for name, values := range rec.Header() {
		w.Header()[name] = values
	}
	if rec.Code == http.StatusOK && reading(r) && rec.Body.Len() > 0 {
		return rec.Body.Bytes()
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
	return nil
}

// flipsRead flips a bit of every object that is read.
func flipsRead(w http.ResponseWriter, r *http.Request, p *storeProxy) bool {
	if !reading(r) {
		return false
	}
	if body := p.read(w, r); body != nil {
		body[len(body)/2] ^= 1
		_, _ = w.Write(body)
	}
	return true
}

// cuts ends what is read in the middle.
func cuts(w http.ResponseWriter, r *http.Request, p *storeProxy) bool {
	if !reading(r) {
		return false
	}
	if body := p.read(w, r); body != nil {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body[:len(body)/2])
		panic(http.ErrAbortHandler)
	}
	return true
}

// flipsWritten flips a bit of what is written, on its way.
func flipsWritten(_ http.ResponseWriter, r *http.Request, _ *storeProxy) bool {
	if !writing(r) {
		return false
	}
	if body, err := io.ReadAll(r.Body); err == nil && len(body) > 0 {
		body[len(body)/2] ^= 1
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	return false
}

// holds answers nothing for a while, and then breaks off.
func holds(d time.Duration) meddler {
	return func(w http.ResponseWriter, r *http.Request, _ *storeProxy) bool {
		pause(r, d)
		reset(w)
		return true
	}
}

// delays passes everything on a moment later.
func delays(d time.Duration) meddler {
	return func(_ http.ResponseWriter, r *http.Request, _ *storeProxy) bool { pause(r, d); return false }
}

func pause(r *http.Request, d time.Duration) {
	select {
	case <-r.Context().Done():
	case <-time.After(d):
	}
}

// listed is one object of a listing.
var listed = regexp.MustCompile(`(?s)<Contents>.*?<Key>(.*?)</Key>.*?</Contents>`)

// stale shows nothing that was written less than age ago.
func stale(age time.Duration) meddler {
	return func(w http.ResponseWriter, r *http.Request, p *storeProxy) bool {
		switch {
		case isList(r):
			rec := httptest.NewRecorder()
			p.store.ServeHTTP(rec, r)
			body := listed.ReplaceAllStringFunc(rec.Body.String(), func(entry string) string {
				if p.youngerThan("/"+p.where.S3.Bucket+"/"+listed.FindStringSubmatch(entry)[1], age) {
					return ""
				}
				return entry
			})
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(rec.Code)
			_, _ = io.WriteString(w, body)
			return true
		case r.Method != http.MethodPut && p.youngerThan(r.URL.Path, age):
			return refuse(w, http.StatusNotFound, "NoSuchKey")
		}
		return false
	}
}
