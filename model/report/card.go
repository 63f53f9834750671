package report

import (
	"fmt"
	"slices"
	"strings"

	"temper/model/recipe"
)

// Card is the README.md beside a run's weights as hubs for models show it (https://huggingface.co/docs/hub/model-cards): where they
// come from, what they were trained with and on, and what they score. The weights are the checkpoint of that SHA-256, which stage
// left. Everything that others named is on the page as text.
func Card(r Run, checkpoint, stage string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "---\nlibrary_name: transformers\npipeline_tag: text-generation\ntags: [temper]\n---\n\n# %s\n\n", inline(r.Name))
	fmt.Fprintf(&b, "Trained by temper with the recipe %s (SHA-256 `%s`), seed %d: run %s, Run ID `%s`, the policy that the stage %s left, checkpoint `%s`.",
		inline(r.Recipe.Name), r.RecipeDigest, r.Recipe.Seed, inline(r.Name), r.ID, inline(stage), checkpoint)
	switch {
	case r.Recipe.Parent != nil:
		fmt.Fprintf(&b, " It begins with %s.", inline(r.Recipe.Parent.Text()))
	case r.Recipe.Model.Base != "":
		fmt.Fprintf(&b, " The base model is %s.", inline(r.Recipe.Model.Base))
	default:
		b.WriteString(" It begins with random weights.")
	}
	b.WriteString("\n\n## Stages\n\n| stage | kind | data | updates |\n|---|---|---|---|\n")
	for _, s := range r.Stages {
		data := ""
		if i := slices.IndexFunc(r.Recipe.Stages, func(of recipe.Stage) bool { return of.Name == s.Name }); i >= 0 {
			data = r.Recipe.Stages[i].Data()
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", inline(s.Name), s.Kind, inline(data), updates(s))
	}
	r.cardScores(&b)
	r.cardData(&b)
	if remarks := r.cardRemarks(); len(remarks) > 0 {
		b.WriteString("\n## Remarks\n\n")
		for _, text := range remarks {
			fmt.Fprintf(&b, "- %s\n", inline(text))
		}
	}
	b.WriteString("\n`temper_checkpoint` in the metadata of the weights is the checkpoint that they are of.\n")
	return b.String()
}

// updates is how many a stage did, "" for one that does not train.
func updates(s Stage) string {
	if n := s.lastStep(); n > 0 {
		return fmt.Sprint(n)
	}
	return ""
}

// cardScores adds the accuracies after each stage.
func (r Run) cardScores(b *strings.Builder) {
	if !slices.ContainsFunc(r.Accuracy, AccuracyRow.measured) {
		return
	}
	b.WriteString("\n## Accuracy\n\nPercent, ± one standard error with problems as the unit.\n\n| |")
	columns := r.Columns()
	for _, i := range columns {
		fmt.Fprintf(b, " %s |", inline(r.Stages[i].Name))
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, row := range r.Accuracy {
		fmt.Fprintf(b, "| %s avg@%d |", inline(row.Benchmark), row.Samples)
		for _, i := range columns {
			fmt.Fprintf(b, " %s |", row.Cells[i].AvgText().Text)
		}
		b.WriteString("\n")
	}
}

// cardData adds the datasets that were read, with their source and terms as the recipe gives them.
func (r Run) cardData(b *strings.Builder) {
	b.WriteString("\n## Data\n\n| dataset | records | source | licence |\n|---|---|---|---|\n")
	for _, d := range r.Datasets {
		given := r.Recipe.Data[d.Name]
		source := given.Source
		if source == "" {
			source = "not given"
		}
		licence := given.Licence
		if licence == "" {
			licence = "not given"
		}
		fmt.Fprintf(b, "| %s | %.0f | %s | %s |\n", inline(d.Name), d.Records.Value, inline(source), inline(licence))
	}
}

// cardRemarks are what the page remarks on.
func (r Run) cardRemarks() []string {
	var texts []string
	for _, s := range r.Stages {
		for _, m := range s.Remarks {
			texts = append(texts, m.Stage+": "+m.Text)
		}
	}
	for _, m := range r.NearZero {
		texts = append(texts, m.Text)
	}
	return texts
}

// inline is a text as Markdown shows it, on one line: what would be markup or a table's bar is escaped.
func inline(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "<", "&lt;", "`", "\\`", "[", "\\[", "]", "\\]", "*", "\\*", "_", "\\_", "#", "\\#").Replace(text)
}
