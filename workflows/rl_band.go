package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
	"temper/model/recipe"
	"temper/model/signal"
)

// watchBand does what the recipe wants where the entropy has left the stage's band with the policy step that
// was made last, and records it.
func (s *rlStage) watchBand(ctx workflow.Context) error {
	band, p := s.in.Stage.RL.Band, &s.state.Progress
	if !band.On() {
		return nil
	}
	watch, mean, left := s.state.Band.After(p.Entropy, band)
	s.state.Band = watch
	if !left || band.Then == recipe.BandGoOn {
		return nil
	}
	search := band.Then == recipe.BandSearch && watch.Searches < band.MaxSearches
	remark := signal.OfBand(p.Name, band, p.Step, watch.Left, watch.Searches, mean, p.Temperature)
	p.Remarks = signal.Add(p.Remarks, remark)
	_, err := get[activities.Recorded](ctx, workflow.ExecuteActivity(onControl(ctx, fmt.Sprintf("%s: record that the entropy left its band", p.Name)), acts.RecordDecision, activities.RecordDecisionInput{
		Run: s.in.Run, Stage: p.Name, Step: p.Step, About: artifact.AboutBand, Text: remark.Text,
		Metrics: map[string]float64{artifact.MetricEntropy: mean, artifact.MetricTemperature: p.Temperature, artifact.MetricLeft: float64(watch.Left)},
	}))
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", p.Name, err)
	case search && !s.ended(): // what has ended needs no temperature
		s.state.Band.Searches++
		return s.search(ctx)
	case band.Then == recipe.BandWait:
		s.desired.state = StatePaused
		p.Waiting = remark.Text
	}
	s.report(ctx)
	return nil
}

// search finds the temperature at which the newest policy's entropy meets the target, in a child of its own.
func (s *rlStage) search(ctx workflow.Context) error {
	p := &s.state.Progress
	p.Activity = "searching temperature"
	s.report(ctx)
	id, number := "temperature", s.searchNumber()
	if number > 0 {
		id = fmt.Sprintf("temperature-%d", number)
	}
	summary := fmt.Sprintf("%s: temperature for an entropy of %g", p.Name, s.in.Search.TargetEntropy)
	found, err := get[TemperatureSearchResult](ctx, workflow.ExecuteChildWorkflow(child(ctx, id, summary), TemperatureSearch, TemperatureSearchInput{
		Run: s.in.Run, Seed: s.in.Seed, Vocabulary: s.in.Vocabulary, Numerics: s.in.Numerics, Stage: p.Name,
		Search: s.in.Search, Dataset: s.data(), Policy: s.state.Policy, Label: s.in.Labels.Of(s.in.Stage.RL.Label),
		Number: number, Step: p.Step, Chain: s.in.Chain.begin(),
	}))
	if err != nil {
		return fmt.Errorf("temperature search: %w", err)
	}
	s.state.Temperature = found.Temperature
	p.Temperature, p.Entropy = found.Temperature, found.Entropy
	p.Found = found.decision().Chosen
	p.Activity = "temperature found: " + p.Found.String()
	var guarded error
	if remark, ok := signal.OfSearch(p.Name, s.in.Search, found.decision()); ok {
		p.Remarks = signal.Add(p.Remarks, remark)
		if guarded = s.guard(remark); found.Temperature == 0 { // there is nothing to sample at
			guarded = failed(remark)
		}
	}
	s.report(ctx)
	return guarded
}

// searchNumber is the number of the search that begins, 0 for the stage's first, with which it begins if it does.
func (s *rlStage) searchNumber() int {
	number := s.state.Band.Searches + s.state.Changed.Searches
	if s.in.Stage.RL.Temperature.Search {
		number++
	}
	if number < 2 {
		return 0
	}
	return number
}
