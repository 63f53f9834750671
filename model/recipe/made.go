package recipe

// Made names a dataset that another run has made or prepared, which is taken over as it lies in the store: what a stage of
// kind curate, collect or teach has left is not made twice. Its rows are prepared as those of a file are, with the token
// limits of this recipe; prompts are the other run's, so the recipes have to say the same of them.
type Made struct {
	// Run and ID are the other run's name and Run ID.
	Run string `json:"run"`
	ID  string `json:"id"`
	// Data is the dataset's name there.
	Data string `json:"data"`
	// SHA256 is that of its problems or, where it has none, of its examples, in lower-case hex.
	SHA256 string `json:"sha256"`
}

// made checks that one dataset of one run is named, not that it is there.
func (v *validator) made(at string, d Dataset) {
	m := *d.Made
	v.name(at+".run", m.Run)
	v.check(at, d.ShardRows == 0, "is given beside shard_rows; valid: without it, since it has the shards that it was made in")
	for _, f := range []struct {
		field, value, what string
		valid              bool
	}{
		{".id", m.ID, "the Run ID of that run", runIDForm.MatchString(m.ID)},
		{".data", m.Data, "the name of a dataset of that run", nameForm.MatchString(m.Data)},
		{".sha256", m.SHA256, "the SHA-256 of its problems or examples", digestForm.MatchString(m.SHA256)},
	} {
		if f.value == "" {
			v.fault(at+f.field, "is missing; valid: %s (starter run fills it in: made: {run: RUN})", f.what)
			continue
		}
		v.check(at+f.field, f.valid, "is %q; valid: %s", f.value, f.what)
	}
}
