package train

// Buckets are the row lengths that graphs are compiled for, up to the longest: from 8 on
// in steps of an eighth of the power of two above, of 16 at least (8, 24, … 136, 168, …).
func Buckets(longest int) []int {
	var sizes []int
	for size, power := 8, 128; ; {
		sizes = append(sizes, min(size, longest))
		if size >= longest {
			return sizes
		}
		if size >= power {
			power *= 2
		}
		size += power / 8
	}
}
