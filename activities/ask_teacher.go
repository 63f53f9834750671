package activities

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"temper/activities/liveness"
	"temper/activities/objectstore"
	"temper/model/artifact"
	"temper/model/dataset"
	"temper/model/recipe"
	"temper/model/teacher"
)

// AskTeacherInput asks for a teacher's responses to one shard of a dataset's problems.
type AskTeacherInput struct {
	Run      artifact.RunID `json:"run"`
	Stage    string         `json:"stage"`
	Shard    int            `json:"shard"`
	Settings recipe.Teach   `json:"settings"`
	// System, User and Starter are the messages: see recipe.TeacherTexts.
	System  string       `json:"system,omitempty"`
	User    string       `json:"user"`
	Starter string       `json:"starter,omitempty"`
	Dataset artifact.Ref `json:"dataset"`
	// First and Count are which of the dataset's problems.
	First int `json:"first"`
	Count int `json:"count"`
	// Seed is that of the draws of how many responses a problem has, 0 where all have as many.
	Seed uint64 `json:"seed,omitempty"`
}

// Taught are the responses of a shard.
type Taught struct {
	Responses artifact.Ref  `json:"responses"`
	Stats     teacher.Stats `json:"stats"`
	Recorded
}

// AskTeacher has a teacher answer a shard. Every response is recorded by itself as soon as it is
// there, under a key made of its request: another attempt, and any other stage or run on the
// same store, finds it there and does not buy it again.
func (a *Activities) AskTeacher(ctx context.Context, in AskTeacherInput) (Taught, error) {
	t := task{artifact.Manifest{Kind: artifact.KindTeaching, Run: in.Run, Stage: in.Stage, Shard: in.Shard}, in}
	m, err := a.once(ctx, t, func(ctx context.Context, m *artifact.Manifest) error { return a.askTeacher(ctx, in, m) })
	if err != nil {
		return Taught{}, classify(ctx, fmt.Sprintf("responses of %s for %s, shard %d", in.Settings.Model, in.Stage, in.Shard+1), err)
	}
	return Taught{m.Outputs[artifact.OutputResponses], teacher.FromMetrics(m.Metrics), Recorded{m.Link}}, nil
}

func (a *Activities) askTeacher(ctx context.Context, in AskTeacherInput, m *artifact.Manifest) error {
	numbers := make([]int, in.Count)
	for i := range numbers {
		numbers[i] = in.First + i
	}
	problems, err := a.problemsAt(ctx, in.Dataset, numbers)
	if err != nil {
		return err
	}
	rows, err := a.taughtRows(ctx, in, problems)
	if err != nil {
		return err
	}
	data, err := teacher.EncodeRows(rows)
	if err != nil {
		return err
	}
	m.Inputs, m.Outputs = map[string]artifact.Ref{inputDataset: in.Dataset}, map[string]artifact.Ref{}
	m.Metrics = teacher.Count(rows).Metrics()
	return a.putOutput(ctx, m, artifact.OutputResponses, data)
}

// asking is the user's message to a problem.
func (in AskTeacherInput) asking(p dataset.Problem) string {
	if p.Starter != "" && in.Starter != "" {
		return recipe.Fill(in.Starter, p.Question, p.Starter)
	}
	return recipe.Fill(in.User, p.Question, p.Starter)
}

// wanted are the rows of the shard's responses without these.
func (in AskTeacherInput) wanted(problems map[int]dataset.Problem) (rows []teacher.Row) {
	for number := in.First; number < in.First+in.Count; number++ {
		for sample := range teacher.Samples(in.Settings, in.Seed, problems[number].Question) {
			rows = append(rows, teacher.Row{Problem: number, Sample: sample})
		}
	}
	return rows
}

// taughtRows are the shard's responses, in the order of problems, then samples. When one
// cannot be had, no more are asked for, and those under way are still waited for and recorded.
func (a *Activities) taughtRows(ctx context.Context, in AskTeacherInput, problems map[int]dataset.Problem) ([]teacher.Row, error) {
	if a.Teachers == nil {
		return nil, fmt.Errorf("endpoint is %q, and this worker defines none: %w", in.Settings.Endpoint, ErrNoEndpoint)
	}
	atOnce, err := a.Teachers.Concurrency(in.Settings.Endpoint)
	if err != nil {
		return nil, err
	}
	var (
		rows   = in.wanted(problems)
		first  = map[string]int{} // by key: a problem that is in the shard twice is asked once
		group  errgroup.Group
		failed atomic.Bool
	)
	group.SetLimit(atOnce)
	for i := range rows {
		row := &rows[i]
		p := problems[row.Problem]
		request := teacher.Ask(in.Settings, in.System, in.asking(p), row.Sample)
		if row.Key, err = request.Key(); err != nil {
			return nil, err
		}
		if _, again := first[row.Key]; again {
			continue
		}
		first[row.Key] = i
		group.Go(func() error {
			if failed.Load() {
				return nil
			}
			b, err := a.buy(ctx, in.Settings.Endpoint, request, row.Key)
			if err != nil {
				failed.Store(true)
				return fmt.Errorf("problem %s, sample %d: %w", p.ID, row.Sample+1, err)
			}
			row.Tries, row.Response = b.Tries, b.Response
			liveness.Done(ctx)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i := range rows {
		if from := rows[first[rows[i].Key]]; first[rows[i].Key] != i { // it was paid once
			rows[i].Tries, rows[i].Response = 1, from.Response
			rows[i].PromptTokens, rows[i].CompletionTokens = 0, 0
		}
	}
	return rows, nil
}

// boughtRoot begins the keys of teachers' responses. They belong to no run.
const boughtRoot = "teachers/"

// bought is the document of a response.
type bought struct {
	Endpoint string           `json:"endpoint"`
	Request  teacher.Request  `json:"request"`
	Tries    int              `json:"tries"`
	Response teacher.Response `json:"response"`
	// Body is all that the server sent.
	Body json.RawMessage `json:"body"`
}

// buy returns the recorded response to a request, or has the endpoint answer and records it. A
// document that is damaged counts for nothing: another stands beside it then.
func (a *Activities) buy(ctx context.Context, endpoint string, r teacher.Request, key string) (b bought, err error) {
	at := boughtRoot + endpoint + "/" + key[:2] + "/" + key + ".json"
	free := at
	for n := 1; ; n++ {
		data, err := a.Store.Read(ctx, free)
		if err == nil {
			if b, err = decodeBought(data, key); err == nil {
				return b, nil
			}
		}
		if errors.Is(err, objectstore.ErrNotFound) {
			break
		}
		if !objectstore.IsDamage(err) || n > maxAgain {
			return b, err
		}
		free = artifact.Again(at, n)
	}
	answer, err := a.Teachers.Ask(ctx, endpoint, r)
	if err != nil {
		return b, err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // <think> stays readable
	if err := encoder.Encode(bought{endpoint, r, answer.Tries, answer.Response, answer.Body}); err != nil {
		return b, fmt.Errorf("record a response: %w", err)
	}
	// It is paid for: a worker that was told to stop meanwhile still records it.
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWordsTime)
	defer cancel()
	winner, err := objectstore.CreateOrSame(last, a.Store, free, text.Bytes())
	if err != nil {
		return b, err
	}
	return decodeBought(winner, key)
}

// decodeBought reads a response's document. The error wraps artifact.ErrCorrupt if it is of another request.
func decodeBought(data []byte, key string) (b bought, err error) {
	if err := json.Unmarshal(data, &b); err != nil {
		return b, fmt.Errorf("a teacher's response: %w: %w", err, artifact.ErrCorrupt)
	}
	if of, err := b.Request.Key(); err != nil || of != key {
		return b, fmt.Errorf("a teacher's response is to request %s, not %s: %w", of, key, artifact.ErrCorrupt)
	}
	return b, nil
}
