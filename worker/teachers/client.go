package teachers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"temper/activities"
	"temper/activities/liveness"
	"temper/model/teacher"
)

// Client asks endpoints. It is safe for concurrent use: the limits of an endpoint hold for
// all that this process asks of it.
type Client struct {
	endpoints map[string]*endpoint
	pause     func(context.Context, time.Duration) error
}

// endpoint is one of them.
type endpoint struct {
	name, key string
	url       string
	http      *http.Client
	timeout   time.Duration
	slots     chan struct{}
	limit     *rate.Limiter

	mu sync.Mutex
	// closed is until when the server wants no request.
	closed time.Time
}

// A request is tried so often, with pauses that double from firstPause to longestPause, before
// the shard's work fails and is tried again by Temporal.
const (
	tries        = 6
	firstPause   = 2 * time.Second
	longestPause = 5 * time.Minute
	// longestClosed bounds what a server may ask for by Retry-After.
	longestClosed = 24 * time.Hour
)

// find is the endpoint of a name.
func (c *Client) find(name string) (*endpoint, error) {
	if e := c.endpoints[name]; e != nil {
		return e, nil
	}
	names := slices.Sorted(maps.Keys(c.endpoints))
	return nil, fmt.Errorf("endpoint is %q, which this worker does not define; valid here: %s: %w", name, strings.Join(names, ", "), activities.ErrNoEndpoint)
}

// Concurrency is how many requests at a time an endpoint takes from this process.
func (c *Client) Concurrency(name string) (int, error) {
	e, err := c.find(name)
	if err != nil {
		return 0, err
	}
	return cap(e.slots), nil
}

// Ask sends a request until a response comes: see activities.Teachers.
func (c *Client) Ask(ctx context.Context, name string, r teacher.Request) (activities.Answer, error) {
	e, err := c.find(name)
	if err != nil {
		return activities.Answer{}, err
	}
	for try := 1; ; try++ {
		var answer activities.Answer
		answer, err := c.once(ctx, e, r)
		answer.Tries = try
		var refused *refusal
		switch {
		case err == nil:
			return answer, nil
		case ctx.Err() != nil:
			return activities.Answer{}, ctx.Err()
		case errors.As(err, &refused) && refused.context > r.MaxTokens && json.Valid(refused.body): // the question is too long, not the budget
			return activities.Answer{Body: refused.body, Response: teacher.Response{Model: r.Model, Finish: teacher.FinishContext}, Tries: try}, nil
		case errors.As(err, &refused):
			return activities.Answer{}, activities.UserErrorf("endpoint %s refuses: %v", name, err)
		case try == tries && errors.Is(err, teacher.ErrMalformed):
			return activities.Answer{}, fmt.Errorf("endpoint %s, %d times: %w", name, try, err)
		case try == tries:
			return activities.Answer{}, fmt.Errorf("endpoint %s, %d times: %w: %w", name, try, err, activities.ErrTeacherAway)
		}
		if err := c.wait(ctx, backOff(try)); err != nil {
			return activities.Answer{}, err
		}
	}
}

// backOff is the pause after a try, counted from 1: half of it is drawn, so that
// requests that failed together do not come back together.
func backOff(try int) time.Duration {
	pause := min(firstPause<<(try-1), longestPause)
	return pause/2 + rand.N(pause/2)
}

// once sends a request when it is its turn. No error and no answer holds the key, whatever the server says.
func (c *Client) once(ctx context.Context, e *endpoint, r teacher.Request) (activities.Answer, error) {
	if err := c.turn(ctx, e); err != nil {
		return activities.Answer{}, err
	}
	defer func() { <-e.slots }()
	defer liveness.Expect(ctx, e.timeout/5)() // the patience is ten times as long
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	defer cancel()
	body, err := e.post(ctx, r)
	if err != nil {
		return activities.Answer{}, err
	}
	answer := activities.Answer{Body: []byte(e.clean(string(body)))}
	answer.Response, err = teacher.Parse(answer.Body)
	return answer, err
}

// turn waits until the endpoint takes a request, and takes a slot.
func (c *Client) turn(ctx context.Context, e *endpoint) error {
	if err := e.slot(ctx); err != nil {
		return err
	}
	err := c.wait(ctx, e.closedFor())
	if err == nil {
		err = c.wait(ctx, e.limit.Reserve().Delay())
	}
	if err != nil {
		<-e.slots
	}
	return err
}

// slot takes a slot. Whoever holds one gives it back when its server opens again and its request
// has ended or timed out, so work that waits for one is alive.
func (e *endpoint) slot(ctx context.Context) error {
	defer liveness.Expect(ctx, longestClosed+e.timeout)()
	select {
	case e.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wait pauses. Work that waits as a server wants it is alive.
func (c *Client) wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	defer liveness.Expect(ctx, d)()
	return c.pause(ctx, d)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (e *endpoint) closedFor() time.Duration {
	e.mu.Lock()
	defer e.mu.Unlock()
	return time.Until(e.closed)
}

// clean takes the key out of what a server said.
func (e *endpoint) clean(text string) string {
	if e.key == "" {
		return text
	}
	return strings.ReplaceAll(text, e.key, "[key]")
}

// retryAfter is what a server asks for by Retry-After, in seconds or as a date; 0 if it does not.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	seconds, err := strconv.ParseFloat(text, 64)
	if err == nil && seconds >= 0 && seconds <= longestClosed.Seconds() {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, at.Sub(now)), longestClosed)
	}
	return 0
}
