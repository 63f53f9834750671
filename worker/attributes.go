package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"temper/workflows"
)

// attributesSettle is longer than the server's cache of search attributes (2 s) keeps an old list.
const attributesSettle = 2500 * time.Millisecond

// ensureSearchAttributes adds the attributes that the namespace lacks. Without
// them every workflow task would fail until someone adds them by hand.
func ensureSearchAttributes(ctx context.Context, c client.Client, namespace string) error {
	have, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("list search attributes of namespace %s: %w", namespace, err)
	}
	missing := map[string]enums.IndexedValueType{}
	for name, kind := range workflows.SearchAttributes() {
		got, ok := have.CustomAttributes[name]
		if ok && got != kind {
			return fmt.Errorf("search attribute %s of namespace %s is of type %s; it must be %s", name, namespace, got, kind)
		}
		if !ok {
			missing[name] = kind
		}
	}
	if len(missing) == 0 {
		return nil
	}
	_, err = c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{Namespace: namespace, SearchAttributes: missing})
	var exists *serviceerror.AlreadyExists
	if err != nil && !errors.As(err, &exists) {
		return fmt.Errorf("add search attributes to namespace %s: %w", namespace, err)
	}
	// The server's other parts hear of new attributes a moment later.
	select {
	case <-time.After(attributesSettle):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
