package recipe

import "slices"

// PositionFrom is the newest RL stage before stage index with the same dataset, whose position in it a
// stage may carry; -1 if there is none.
func (r Recipe) PositionFrom(index int) int {
	data := r.Stages[index].Data()
	for i, s := range slices.Backward(r.Stages[:index]) {
		if s.RL != nil && s.RL.Data == data {
			return i
		}
	}
	return -1
}

// PositionCarried says whether a later stage begins where stage index ended in its dataset.
func (r Recipe) PositionCarried(index int) bool {
	for i, s := range r.Stages {
		if s.RL != nil && s.RL.DataPosition == StateCarry && r.PositionFrom(i) == index {
			return true
		}
	}
	return false
}

// dataPosition checks where in its dataset's order RL stage index begins.
func (v *validator) dataPosition(field string, index int, s RL) {
	if s.DataPosition != "" {
		v.word(field, s.DataPosition)
	}
	if s.DataPosition != StateCarry {
		return
	}
	from := v.recipe.PositionFrom(index)
	if from < 0 {
		v.fault(field, "is %q, but no earlier RL stage has the dataset %q; valid: absent, or reset", s.DataPosition, s.Data)
		return
	}
	before := v.recipe.Stages[from]
	v.check(field, before.RL.Solved.Drop == "", "is %q, but problems leave stage %s (solved.drop), so that its order is not the dataset's; valid: reset", s.DataPosition, before.Name)
	v.check(field, before.RL.ProblemsPerStep == s.ProblemsPerStep, "is %q, but stage %s, whose position it is, has problems_per_step %d and this one %d; valid: reset, or one number",
		s.DataPosition, before.Name, before.RL.ProblemsPerStep, s.ProblemsPerStep)
}

// done checks an RL stage that goes on from another run's steps.
func (v *validator) done(at string, s RL) {
	if s.Done == 0 {
		return
	}
	at += "done"
	v.check(at, s.Done > 0 && s.Done < s.Steps, "is %d; valid: 0, or fewer than steps, which is %d", s.Done, s.Steps)
	v.check(at, v.recipe.Parent != nil, "is %d, but the recipe has no parent, whose steps they would be; valid: 0, or a parent (starter run --from RUN@STAGE:STEP)", s.Done)
	for _, other := range v.recipe.Stages {
		if other.RL != nil || other.SFT != nil {
			v.check(at, other.RL != nil && other.RL.Done > 0 && other.RL.Data == s.Data, "is %d, but stage %s trains first; valid: 0, or the stage that trains first", s.Done, other.Name)
			break
		}
	}
	v.check(at, !s.DynamicSampling.On() && !s.Solved.On() && s.DataPosition != StateCarry,
		"is %d, and how many batches were drawn by then is not known with dynamic_sampling, solved or data_position: carry; valid: 0", s.Done)
}

// carried checks where a stage's schedule begins.
func (v *validator) carried(at string, o Optimizer) {
	if o.Step != "" {
		v.word(at+"step", o.Step)
	}
	if o.Step != StateCarry {
		return
	}
	v.check(at+"step", o.State == StateCarry, "is %q, but state is %q, which resets the optimizer's count of updates; valid: reset, or state carry", o.Step, o.State)
	v.check(at+"step", o.Schedule != ScheduleCosine, "is %q, but schedule is %q, which is as long as its stage; valid: reset, or schedule constant", o.Step, o.Schedule)
}
