package workflows

import (
	"encoding/json"

	"go.temporal.io/sdk/workflow"

	"temper/activities"
	"temper/model/artifact"
)

// mostListed is how many bytes a list may have in an input, a result or a state, as JSON. Temporal warns of payloads of 256 KiB.
var mostListed = 32 << 10 // a constant, but in tests

// changeLists is the change after which long lists travel in stored parts.
const changeLists = "long lists in parts"

// listed is a list as it travels: of one that is long, refs of parts that are stored. share is how many such lists travel together.
func listed[T any](ctx workflow.Context, items []T, share int) (activities.List[T], error) {
	most := mostListed / max(1, share)
	size, err := sizeOf(items)
	if err != nil || size <= most || !inParts(ctx) {
		return activities.List[T]{Items: items}, err
	}
	var out activities.List[T]
	each := max(1, len(items)*mostListed/size)
	for first := 0; first < len(items); first += each {
		part, err := storePart(ctx, items[first:min(len(items), first+each)])
		if err != nil {
			return out, err
		}
		out.Parts = append(out.Parts, part)
	}
	return out, nil
}

// inParts says whether the execution began when long lists travelled in parts.
func inParts(ctx workflow.Context) bool {
	return workflow.GetVersion(ctx, changeLists, workflow.DefaultVersion, 1) == 1
}

// encoded is a list's JSON form.
func encoded(list any) ([]byte, error) { return json.Marshal(list) }

func sizeOf(list any) (int, error) {
	data, err := encoded(list)
	return len(data), err
}

// storePart stores a part of a list.
func storePart[T any](ctx workflow.Context, items []T) (ref artifact.Ref, err error) {
	data, err := encoded(items)
	if err != nil {
		return ref, err
	}
	err = workflow.ExecuteActivity(onControl(ctx, "store a part of a list"), acts.StoreList, activities.StoreListInput{Items: data}).Get(ctx, &ref)
	return ref, err
}

// appended is a list with one item more. What is long becomes a part.
func appended[T any](ctx workflow.Context, l activities.List[T], item T) (activities.List[T], error) {
	l.Items = append(l.Items, item)
	size, err := sizeOf(l.Items)
	if err != nil || size <= mostListed/2 || !inParts(ctx) {
		return l, err
	}
	part, err := storePart(ctx, l.Items)
	if err != nil {
		return l, err
	}
	return activities.List[T]{Parts: append(l.Parts[:len(l.Parts):len(l.Parts)], part)}, nil
}
