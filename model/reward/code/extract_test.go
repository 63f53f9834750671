package code

import (
	"strings"
	"testing"
	"time"

	"temper/model/recipe"
)

func TestExtract(t *testing.T) {
	for _, tc := range []struct {
		name, response, want string
	}{
		{"whole text", "</think>def f(x):return 2*x+3", "def f(x):return 2*x+3"},
		{"trimmed", "</think>\n  print(1)\n\n", "print(1)"},
		{"block", "</think>Here:\n```python\ndef f(x):\n    return x\n```\nDone.", "def f(x):\n    return x"},
		{"last of two blocks", "</think>```python\na\n```\n```python\nb\n```", "b"},
		{"block in the reasoning", "```python\na\n```</think>print(2)", "print(2)"},
		{"after the last end of reasoning", "</think>a</think>b", "b"},
		{"other language is not a block", "</think>```text\nx\n```", "```text\nx\n```"},
		{"other names of the language", "</think>```py\na\n```\n``` Python3\nb\n```", "b"},
		{"block without a mark", "</think>So:\n```\na\n```", "a"},
		{"marked before unmarked", "</think>```python\na\n```\nIt prints\n```\n5\n```", "a"},
		{"after another language", "</think>```text\nx\n```\n```python\na\n```", "a"},
		{"open block after a closed one", "</think>```python\na\n```\n```python\nb", "a"},
		{"only an open block", "</think>```python\na", ""},
		{"no end of reasoning", "```python\nprint(1)\n```", ""},
		{"nothing", "</think>  \n", ""},
		{"windows lines", "</think>```python\r\na\r\n```\r\n", "a"},
		{"in a list", "</think>1. So:\n     ```python\n     if a:\n         b\n     ```\n", "if a:\n    b"},
		{"behind a tab", "</think>\n\t```python\n\ta\n\tb\n\t```\n", "a\nb"},
		{"beside a list's mark", "</think>1. ```python\n   a\n   b\n   ```\n2. x", "a\nb"},
		{"under a list, not indented", "</think>- ```python\ndef f():\n    return 1\n```", "def f():\n    return 1"},
		{"after a sentence", "</think>The code: ```python\na\n```\nDone", "a"},
		{"closed after code", "</think>```python\na\nb```\nDone", "a\nb"},
		{"text in a docstring at the margin", "</think>\n  ```python\n  def f():\n    '''\nx'''\n  ```", "def f():\n  '''\nx'''"},
		{"of tildes", "</think>~~~python\na\n```\nb\n~~~", "a\n```\nb"},
		{"four marks", "</think>````python\na = 1\n```\nb = 2\n````", "a = 1\n```\nb = 2"},
		{"closed by more marks", "</think>```python\na\n`````\nx", "a"},
		{"title", "</think>```python title=\"main.py\"\na\n```", "a"},
		{"file name", "</think>```python:main.py\na\n```", "a"},
		{"braces", "</think>```{.python .numberLines}\na\n```", "a"},
		{"a session is no program", "</think>```python\na\n```\n```python-repl\n>>> b\n```\n```pycon\nc\n```", "a"},
		{"code in a sentence", "</think>Use ```f``` here:\n```python\na\n```", "a"},
		{"fence in a docstring", "</think>```python\ndef f():\n    \"\"\"\n    ```\n    f()\n    ```\n    \"\"\"\n    return 1\n```\nDone.", "def f():\n    \"\"\"\n    ```\n    f()\n    ```\n    \"\"\"\n    return 1"},
		{"marked fence in a docstring", "</think>```python\ns = '''\n```python\nf()\n```\n'''\n```", "s = '''\n```python\nf()\n```\n'''"},
		{"quotes in a comment", "</think>```python\na = 1 # it's \"\"\" here\n```\nx\n```text\ny\n```", "a = 1 # it's \"\"\" here"},
		{"a string without an end", "</think>```python\na = \"\"\"x\n```\nx", "a = \"\"\"x"},
		{"the end of reasoning in a string", "so</think>```python\nprint(\"</think>\")\nprint(1)\n```\n", "print(\"</think>\")\nprint(1)"},
		{"and in several lines", "so</think>```python\ns = \"\"\"\n</think>\n```\n\"\"\"\n```\n", "s = \"\"\"\n</think>\n```\n\"\"\""},
		{"and in a comment", "so</think>```python\n# after </think> all\na\n```\n", "# after </think> all\na"},
		{"and in a sentence", "so</think>```python\na\n```\nIt ends with `</think>`.\n", "a"},
		{"a sentence of the reasoning", "I write `</think>` now\n</think>```python\na\n```\n", "a"},
		{"reasoning with an open block", "a</think>```python\nb\n</think>\n```python\nc\n```", "c"},
		{"reasoning that quotes it", "```python\nprint('</think>')\n```\nso</think>\n```python\nc\n```", "c"},
	} {
		if got := (Extraction{}).Extract(tc.response, Tests{}); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func TestExtractRules(t *testing.T) {
	const def, use = "```python\ndef f(x):\n    return x\n```\n", "So:\n```python\nprint(f(1))\n```\n"
	f := decodeTests(t, `{"type":"function","name":"f","cases":[{"args":[1],"expect":1}]}`)
	asserts := decodeTests(t, `{"type":"assert","setup":"def check(c): assert c(1)","asserts":["check(f)"]}`)
	stdin := decodeTests(t, `{"type":"stdin","inputs":["1"],"outputs":["1"]}`)
	method := decodeTests(t, `{"type":"function","name":"g","cases":[{"args":[1],"expect":1}]}`)
	const twoBlocks = "```python\nx=1\n``` </think>\n```python\na=1\n```\nor\n```\nb=2\n```\n"
	for _, tc := range []struct {
		name     string
		e        Extraction
		tests    Tests
		response string
		want     string
	}{
		{"use after a function", Extraction{}, f, "</think>" + def + use, "def f(x):\n    return x"},
		{"use after asserts' function", Extraction{}, asserts, "</think>" + def + use, "def f(x):\n    return x"},
		{"use after a class", Extraction{}, method, "</think>```python\nclass Solution:\n    pass\n```\n" + use, "class Solution:\n    pass"},
		{"last definition", Extraction{}, f, "</think>" + def + "```python\nf = lambda x: 2\n```\n" + use, "f = lambda x: 2"},
		{"a marked block without it", Extraction{}, f, "</think>```python\nprint(2)\n```\n```\ndef f(): pass\n```\n", "print(2)"},
		{"a script calls nothing", Extraction{}, stdin, "</think>" + def + use, "print(f(1))"},
		{"first", Extraction{Rule: recipe.ExtractFirst}, stdin, "</think>" + def + use, "def f(x):\n    return x"},
		{"fences", Extraction{Rule: recipe.ExtractLiveCodeBench}, stdin, twoBlocks, "b=2"},
		{"one fence", Extraction{Rule: recipe.ExtractLiveCodeBench}, stdin, "</think>```python\na", ""},
		{"toolkit", Extraction{Toolkit: true}, stdin, twoBlocks, "a=1"},
		{"toolkit, reasoning alone", Extraction{Toolkit: true}, stdin, "```python\nx=1\n```", "x=1"},
		{"without reasoning", Extraction{WithoutReasoning: true}, f, "So:\n" + def, "def f(x):\n    return x"},
		{"without reasoning or block", Extraction{WithoutReasoning: true}, f, "def f(x): return x", ""},
		{"open reasoning", Extraction{WithoutReasoning: true}, f, "<think>" + def, ""},
	} {
		if got := tc.e.Extract(tc.response, tc.tests); got != tc.want {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

// Responses that make a reader look ahead again and again cost no more than others.
func TestExtractIsBounded(t *testing.T) {
	for name, unit := range map[string]string{
		"open blocks":             "```python\n\"\"\"\n",
		"ends in strings":         "</think>\n```python\n\"</think>\"\n",
		"ends in a string":        "\"</think>\"\n",
		"fences of other lengths": "`````py\n'''\n```\n",
		"blocks":                  "```\na = 1\n```\n",
	} {
		begin := time.Now()
		(Extraction{}).Extract("</think>```python\n"+strings.Repeat(unit, 100_000/len(unit))+"```\n", Tests{})
		if took := time.Since(begin); took > 2*time.Second {
			t.Errorf("%s: 100,000 bytes took %v", name, took)
		}
	}
}
