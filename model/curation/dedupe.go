package curation

// The reasons of Dedupe.
const (
	reasonRepeated  = "repeated"
	reasonElsewhere = "in_other_dataset"
)

// dedupe leaves out rows that ask what was asked before: the same question and, of
// examples, the same response too, or a question of another dataset.
type dedupe struct {
	elsewhere map[Key]int32 // question: where it stands, of names
	first     map[Key]int32 // question and response: the ID of the first row that has them
	names     texts
}

func newDedupe() *dedupe { return &dedupe{elsewhere: map[Key]int32{}, first: map[Key]int32{}} }

func (d *dedupe) Sketch(row Row) Sketch {
	question := normalised(row.Question)
	return Sketch{ID: row.ID, Question: keyOf(question), Said: keyOf(question + "\x00" + row.Response)}
}

func (d *dedupe) Other(dataset string, s Sketch) {
	d.elsewhere[s.Question] = d.names.add(dataset + " " + s.ID)
}

func (d *dedupe) Look(Sketch) {}

func (d *dedupe) Judge(s Sketch) (reason, evidence string) {
	if where, ok := d.elsewhere[s.Question]; ok {
		return reasonElsewhere, d.names.at(where)
	}
	if id, ok := d.first[s.Said]; ok {
		return reasonRepeated, d.names.at(id)
	}
	d.first[s.Said] = d.names.add(s.ID)
	return "", ""
}
