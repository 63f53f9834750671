package workflows

import "temper/model/recipe"

// position is where in its dataset stage i begins: where an earlier one ended, if the recipe says so.
func (r *run) position(i int) Position {
	if r.recipe.Stages[i].RL.DataPosition != recipe.StateCarry {
		return Position{}
	}
	return r.state.Positions[r.recipe.Stages[r.recipe.PositionFrom(i)].Name]
}

// keepPosition notes where a stage ended in its dataset, for a later stage.
func (r *run) keepPosition(stage string, p Position) {
	if r.state.Positions == nil {
		r.state.Positions = map[string]Position{}
	}
	r.state.Positions[stage] = p
}
