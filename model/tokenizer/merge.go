package tokenizer

// Merging, the core of byte pair encoding: of all neighbouring symbols that
// some merge joins, the pair of the lowest rank is joined, the leftmost one
// first; and again, until no pair can be joined.

// noMerge is the value of a pair that nothing joins. Its rank is above all others.
const noMerge = ^uint64(0)

// mergeTable is a hash table with open addressing from a pair of IDs to
// rank<<32 | ID of the joined token.
type mergeTable struct {
	keys, values []uint64
	shift        int
}

func newMergeTable(merges int) *mergeTable {
	bits := 4
	for 1<<bits < 2*merges {
		bits++
	}
	return &mergeTable{keys: make([]uint64, 1<<bits), values: make([]uint64, 1<<bits), shift: 64 - bits}
}

// slot returns where the pair is, or where it would be put.
func (t *mergeTable) slot(left, right int32) (slot int, key uint64) {
	key = uint64(left+1)<<32 | uint64(uint32(right)) // never 0, which marks a free slot
	slot = int(key * 0x9e3779b97f4a7c15 >> t.shift)
	for t.keys[slot] != key && t.keys[slot] != 0 {
		slot = (slot + 1) & (len(t.keys) - 1)
	}
	return slot, key
}

// put sets what a pair becomes. Of two entries for one pair the later one counts.
func (t *mergeTable) put(left, right int32, rank uint32, joined int32) {
	slot, key := t.slot(left, right)
	t.keys[slot], t.values[slot] = key, uint64(rank)<<32|uint64(uint32(joined))
}

func (t *mergeTable) get(left, right int32) uint64 {
	if slot, key := t.slot(left, right); t.keys[slot] == key {
		return t.values[slot]
	}
	return noMerge
}

// shortWord is the number of symbols up to which looking at all pairs for each
// merge is faster than keeping a heap.
const shortWord = 40

// merge joins the symbols of one word in place and returns how many remain.
func (t *mergeTable) merge(ids []int32) int {
	if len(ids) <= shortWord {
		return t.mergeShort(ids)
	}
	return t.mergeLong(ids)
}

func (t *mergeTable) mergeShort(ids []int32) int {
	var pairs [shortWord]uint64 // pairs[i] is what ids[i] and ids[i+1] become
	n := len(ids)
	for i := 0; i+1 < n; i++ {
		pairs[i] = t.get(ids[i], ids[i+1])
	}
	for n > 1 {
		best := 0
		for i := 1; i+1 < n; i++ {
			if pairs[i]>>32 < pairs[best]>>32 {
				best = i
			}
		}
		if pairs[best] == noMerge {
			break
		}
		ids[best] = int32(uint32(pairs[best]))
		copy(ids[best+1:n-1], ids[best+2:n])
		copy(pairs[best:n-2], pairs[best+1:n-1])
		n--
		if best > 0 {
			pairs[best-1] = t.get(ids[best-1], ids[best])
		}
		if best+1 < n {
			pairs[best] = t.get(ids[best], ids[best+1])
		}
	}
	return n
}

// mergeLong does the same in time n log n: a heap of rank<<32 | position over a
// linked list of symbols. Entries of the heap are not removed when a merge
// beside them makes them wrong; they are recognized when their turn comes.
func (t *mergeTable) mergeLong(ids []int32) int {
	n := int32(len(ids))
	next, previous := make([]int32, n), make([]int32, n)
	queue := make(minHeap, 0, n)
	push := func(i int32) {
		if next[i] < n {
			if pair := t.get(ids[i], ids[next[i]]); pair != noMerge {
				queue.push(pair>>32<<32 | uint64(i))
			}
		}
	}
	for i := range n {
		next[i], previous[i] = i+1, i-1
		push(i)
	}
	for len(queue) > 0 {
		top := queue.pop()
		i := int32(uint32(top))
		if next[i] >= n || next[i] < 0 { // the last symbol, or one that was joined to its left neighbour
			continue
		}
		right := next[i]
		pair := t.get(ids[i], ids[right])
		if pair == noMerge || pair>>32 != top>>32 {
			continue
		}
		ids[i] = int32(uint32(pair))
		next[i], next[right] = next[right], -1
		if next[i] < n {
			previous[next[i]] = i
		}
		push(i)
		if previous[i] >= 0 {
			push(previous[i])
		}
	}
	kept := 0
	for i := int32(0); i < n; i = next[i] {
		ids[kept] = ids[i]
		kept++
	}
	return kept
}

// minHeap is a binary heap of numbers, the least first. (container/heap would
// box every number.)
type minHeap []uint64

func (h *minHeap) push(x uint64) {
	*h = append(*h, x)
	a := *h
	i := len(a) - 1
	for i > 0 && a[(i-1)/2] > x {
		a[i] = a[(i-1)/2]
		i = (i - 1) / 2
	}
	a[i] = x
}

func (h *minHeap) pop() uint64 {
	a := *h
	top, x := a[0], a[len(a)-1]
	a = a[:len(a)-1]
	*h = a
	if len(a) == 0 {
		return top
	}
	i := 0
	for {
		child := 2*i + 1
		if child >= len(a) {
			break
		}
		if child+1 < len(a) && a[child+1] < a[child] {
			child++
		}
		if a[child] >= x {
			break
		}
		a[i] = a[child]
		i = child
	}
	a[i] = x
	return top
}
