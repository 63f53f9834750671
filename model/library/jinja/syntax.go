package jinja

// The statements.
type (
	statement interface{}

	// output writes expressions and text.
	output struct {
		line int
		text string // when value is nil
		// value of a print statement
		value expression
	}
	ifStatement struct {
		line      int
		condition expression
		then      []statement
		otherwise []statement
	}
	forStatement struct {
		line      int
		target    target
		over      expression
		filter    expression
		body      []statement
		otherwise []statement
	}
	setStatement struct {
		line   int
		target target
		value  expression
	}
	// setBlock assigns what its body writes.
	setBlock struct {
		line    int
		target  target
		filters []*filterExpression
		body    []statement
	}
	filterBlock struct {
		line    int
		filters []*filterExpression
		body    []statement
	}
	macroStatement struct {
		line  int
		macro *macroSyntax
	}
	// generationBlock marks what an assistant says; it has a scope of its own.
	generationBlock struct {
		body []statement
	}
	// jump is break or continue.
	jump struct {
		line int
		flow flow
	}
)

// macroSyntax is a macro.
type macroSyntax struct {
	name       string
	parameters []string
	defaults   []expression // of the last parameters
	body       []statement
}

// target is what is assigned to: a name, an attribute of a namespace, or a tuple.
type target struct {
	name, attribute string
	parts           []target
	tuple           bool
}

// The expressions.
type (
	expression interface{}

	constant struct{ value any }
	variable struct {
		line int
		name string
	}
	listExpression struct {
		items []expression
		tuple bool
	}
	dictExpression struct {
		line         int
		keys, values []expression
	}
	attributeExpression struct {
		line   int
		object expression
		name   string
	}
	itemExpression struct {
		line   int
		object expression
		key    expression
	}
	sliceExpression struct {
		line              int
		from, until, step expression
	}
	callExpression struct {
		line      int
		callee    expression
		arguments callArguments
	}
	filterExpression struct {
		line      int
		value     expression // nil in a filter block
		name      string
		arguments callArguments
	}
	testExpression struct {
		line      int
		value     expression
		name      string
		arguments callArguments
	}
	unaryExpression struct {
		line     int
		operator string
		value    expression
	}
	binaryExpression struct {
		line        int
		operator    string
		left, right expression
	}
	// comparison is a chain: a < b <= c.
	comparison struct {
		line      int
		first     expression
		operators []string
		rest      []expression
	}
	concatenation struct {
		line  int
		parts []expression
	}
	conditional struct {
		line                       int
		condition, then, otherwise expression
	}
)

// callArguments are the arguments of a call, a filter or a test.
type callArguments struct {
	positional []expression
	names      []string
	named      []expression
	list, dict expression // *list, **dict
}
