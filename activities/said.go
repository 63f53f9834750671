package activities

import "temper/model/dataset"

// saidCount counts the problems that say what rules of curation read.
type saidCount struct{ golden, released, url int }

func (s *saidCount) add(p dataset.Problem) {
	for _, c := range []struct {
		of   *int
		text string
	}{{&s.golden, p.Golden}, {&s.released, p.Released}, {&s.url, p.URL}} {
		if c.text != "" {
			*c.of++
		}
	}
}

// check refuses a dataset of which no problem says what a rule reads: the rule would do nothing, or leave all out.
func (s saidCount) check(in PrepareDataInput, problems int) error {
	fields, _ := in.Dataset.Mapped()
	for _, c := range []struct {
		wanted    bool
		n         int
		what, key string
	}{
		{in.Said.Golden, s.golden, "a golden solution", "golden"}, {in.Said.Released, s.released, "the day on which it was released", "released"},
		{in.Said.URL && fields.URL != "", s.url, "the URL of its source", "url"},
	} {
		if c.wanted && c.n == 0 && problems > 0 {
			return UserErrorf("data.%s: none of its %d problems has %s, which a rule of curation reads; valid: rows that have it in the field %s, or fields.%s where it is", in.Name, problems, c.what, c.key, c.key)
		}
	}
	return nil
}
