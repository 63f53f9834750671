package analysis

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"temper/model/compute"
	"temper/model/experiment"
)

// format writes a metric's value; signed with a sign.
func format(m experiment.Metric, v float64, signed bool) string {
	if math.IsNaN(v) {
		return "–"
	}
	sign := ""
	if signed && v >= 0 {
		sign = "+"
	}
	switch m {
	case experiment.MetricAccuracy, experiment.MetricPass:
		return fmt.Sprintf("%s%.1f %%", sign, 100*v)
	case experiment.MetricResponse, experiment.MetricLength:
		return fmt.Sprintf("%s%.1f", sign, v)
	case experiment.MetricSteps:
		return fmt.Sprintf("%s%.0f", sign, v)
	case experiment.MetricFLOPs:
		return sign + compute.Prefixed(v)
	}
	return fmt.Sprintf("%s%.3f", sign, v)
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
