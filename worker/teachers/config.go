// Package teachers asks the OpenAI-compatible endpoints that a worker's configuration
// defines. A recipe names one of them; where it is and its key stand in that file alone.
//
//	deepseek:
//	  url: https://api.deepseek.com/v1   # chat/completions is added
//	  key_env: DEEPSEEK_API_KEY          # or key_file; neither for a server without keys
//	  concurrency: 64                    # requests at a time from this worker; 8 if absent
//	  requests_per_minute: 500           # from this worker; no limit if absent
//	  timeout: 2h                        # of one request; 1h if absent
package teachers

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"
	"sigs.k8s.io/yaml"

	"temper/model/recipe"
)

// settings are those of one endpoint in the file.
type settings struct {
	URL               string  `json:"url"`
	KeyEnv            string  `json:"key_env"`
	KeyFile           string  `json:"key_file"`
	Concurrency       int     `json:"concurrency"`
	RequestsPerMinute float64 `json:"requests_per_minute"`
	Timeout           string  `json:"timeout"`
}

const (
	defaultConcurrency = 8
	defaultTimeout     = time.Hour
)

// Open reads the file that defines the endpoints. An error names the endpoint and the field, and holds no key.
func Open(path string) (*Client, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("endpoints: %w", err)
	}
	var file map[string]settings
	if err := yaml.UnmarshalStrict(data, &file); err != nil {
		return nil, fmt.Errorf("endpoints in %s: %w", path, err)
	}
	c := &Client{endpoints: map[string]*endpoint{}, pause: sleep}
	for _, name := range slices.Sorted(maps.Keys(file)) {
		e, err := file[name].open(name)
		if err != nil {
			return nil, fmt.Errorf("endpoints in %s: %w", path, err)
		}
		c.endpoints[name] = e
	}
	return c, nil
}

// open makes an endpoint ready to be asked.
func (s settings) open(name string) (*endpoint, error) {
	if err := recipe.CheckName("endpoint", name); err != nil {
		return nil, err
	}
	at, err := url.Parse(s.URL)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" || at.User != nil || at.RawQuery != "" {
		return nil, fmt.Errorf("%s.url: valid: http:// or https:// with a host and a path, and without a user, a password or a query", name)
	}
	key, err := s.key()
	if err != nil {
		return nil, fmt.Errorf("%s.%w", name, err)
	}
	timeout := defaultTimeout
	if s.Timeout != "" {
		if timeout, err = time.ParseDuration(s.Timeout); err != nil || timeout <= 0 {
			return nil, fmt.Errorf("%s.timeout is %q; valid: a duration such as 90s, 30m or 2h", name, s.Timeout)
		}
	}
	if s.Concurrency < 0 || s.RequestsPerMinute < 0 {
		return nil, fmt.Errorf("%s: concurrency and requests_per_minute are %d and %g; valid: 1 and more, or absent", name, s.Concurrency, s.RequestsPerMinute)
	}
	e := &endpoint{name: name, key: key, timeout: timeout, slots: make(chan struct{}, cmp.Or(s.Concurrency, defaultConcurrency)), limit: rate.NewLimiter(rate.Inf, 1)}
	if s.RequestsPerMinute > 0 {
		e.limit.SetLimit(rate.Limit(s.RequestsPerMinute / 60))
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost, transport.MaxIdleConns = cap(e.slots), 0
	e.url = strings.TrimRight(s.URL, "/") + "/chat/completions"
	// A redirect is refused: it could take the key to another place.
	e.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return e, nil
}

// key reads the endpoint's key, "" if it needs none.
func (s settings) key() (string, error) {
	switch {
	case s.KeyEnv != "" && s.KeyFile != "":
		return "", errors.New("key_env and key_file are both given; valid: one of them")
	case s.KeyEnv != "":
		key := strings.TrimSpace(os.Getenv(s.KeyEnv))
		if key == "" {
			return "", fmt.Errorf("key_env is %q, which the environment of this worker does not have", s.KeyEnv)
		}
		return key, nil
	case s.KeyFile != "":
		data, err := os.ReadFile(s.KeyFile)
		key := strings.TrimSpace(string(data))
		if err == nil && key == "" {
			err = errors.New("the file is empty")
		}
		if err != nil {
			return "", fmt.Errorf("key_file: %w", err)
		}
		return key, nil
	}
	return "", nil
}
