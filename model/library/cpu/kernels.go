package cpu

import (
	"fmt"
	"strings"
)

// Classes of kernels.
const (
	classAVX512 = "avx512"
	classAVX2   = "avx2"
	classGo     = "go"
)

// kernels are the instructions that a backend uses. AVX2 and AVX-512 give the
// same results to the last bit.
type kernels struct {
	class string
	// blocks are the matrix kernels, those with the widest panels first.
	blocks []panel
}

// classNames lists the classes that this processor has, the best first.
func classNames() []string {
	var names []string
	for _, k := range available() {
		names = append(names, k.class)
	}
	return append(names, classGo)
}

// kernelClass returns the kernels of a class; "" is the best.
func kernelClass(class string) (*kernels, error) {
	if class == "" {
		class = classNames()[0]
	}
	if class == classGo {
		return &kernels{class: classGo}, nil
	}
	for _, k := range available() {
		if k.class == class {
			return k, nil
		}
	}
	if class == classAVX512 || class == classAVX2 {
		return nil, fmt.Errorf("this processor or build has no %s kernels; there are %s", class, strings.Join(classNames(), ", "))
	}
	return nil, fmt.Errorf("no kernel class is called %q; there are %s", class, strings.Join(classNames(), ", "))
}
