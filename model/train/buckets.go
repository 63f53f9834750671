package train

// Buckets are the row lengths that graphs are compiled for: steps of 8 up to 128
// tokens, then steps of an eighth of the next power of two.
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
		size += max(8, power/8)
	}
}
