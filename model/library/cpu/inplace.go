package cpu

// accumulate makes one node of a product and the addition of it to a sum that
// nothing else reads: the product is then added where the sum lies. Products of at
// most depth terms are one chain, so that their bits do not change.
func accumulate(order, outputs []*node) []*node {
	readers, awaited := make(map[*node]int), make(map[*node]bool)
	for _, o := range outputs {
		readers[o]++
	}
	for _, n := range order {
		for i, x := range n.in {
			if i > 0 && n.barrier && n.isView() { // a barrier reads its first input alone
				awaited[x] = true
				continue
			}
			readers[x]++
		}
	}
	merged := make(map[*node]bool)
	for _, n := range order {
		if n.kind != kindElement || n.op != opAdd {
			continue
		}
		for i, dot := range n.in {
			sum := n.in[1-i]
			if addable(dot) && readers[dot] == 1 && !awaited[dot] && sum.computed() && readers[sum] == 1 && sum.id < dot.id && sameShape(sum.shape, n.shape) {
				merged[dot] = true
				n.kind, n.op, n.attr, n.in = kindDot, opNone, dot.attr, []*node{dot.in[0], dot.in[1], sum}
				break
			}
		}
	}
	kept := order[:0]
	for _, n := range order {
		if !merged[n] {
			kept = append(kept, n)
		}
	}
	return kept
}

// addable tells whether a node is a product of two matrices in one chain.
func addable(n *node) bool {
	if n.kind != kindDot || len(n.in) != 2 || n.shape.Rank() != 2 {
		return false
	}
	axes := n.attr.(dotAxes)
	return len(axes.leftBatch) == 0 && len(axes.leftContract) == 1 && n.in[0].dims()[axes.leftContract[0]] <= depth
}

// computed tells whether a step writes a node's value.
func (n *node) computed() bool {
	return n.kind != kindParameter && n.kind != kindConstant && !n.isView()
}

// shareInPlace lets steps write over an operand that nothing reads after them: a
// scatter and a product over what they add to, an elementwise operation over a donated
// input.
func (l *layout) shareInPlace(units []*unit) {
	for _, u := range units {
		switch n := u.nodes[0]; {
		case n.kind == kindScatter && n.in[1].view.root != n.in[0].view.root && n.in[2].view.root != n.in[0].view.root:
			l.writeOver(u, n, n.in[0])
		case n.kind == kindDot && len(n.in) > 2:
			l.writeOver(u, n, n.in[2])
		case u.kind == kindElement:
			l.writeOverInputs(u)
		}
	}
}

// writeOver gives a node the memory of x, if its step is the last to read it.
func (l *layout) writeOver(u *unit, n, x *node) {
	from, to := x.view.root, n.view.root
	if from.last != u.step || from.size != to.size {
		return
	}
	switch {
	case from.place == inArena && from.first >= 0:
		l.plan.alias[from] = to
		to.first = from.first
	case from.place == inInput && to.place == inOutput:
		l.plan.inPlace[to.index] = from.index
	}
}

// writeOverInputs lets the outputs of a group take the place of inputs that only
// they read, each element in the instruction that writes over it.
func (l *layout) writeOverInputs(u *unit) {
	readers := make(map[*root]int)
	for _, n := range u.nodes {
		for _, x := range n.in {
			readers[x.view.root]++
		}
	}
	for _, n := range u.nodes {
		if n.kind != kindElement || n.view.root.place != inOutput || nodeSize(n) != u.size {
			continue
		}
		for _, x := range n.in {
			if r := x.view.root; r.place == inInput && readers[r] == 1 && x.view.offset == 0 && contiguous(x.view.flat()) && r.bytes == n.view.root.bytes {
				l.writeOver(u, n, x)
			}
		}
	}
}
