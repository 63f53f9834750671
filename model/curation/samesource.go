package curation

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"temper/model/recipe"
)

// The reasons of SameSource.
const (
	reasonSource = "source_in_" // followed by the dataset's name
	reasonURL    = "source_url"
	reasonID     = "source_id"
)

// sameSource leaves out rows that come from the place of another dataset's row, from one of the
// rule's URLs, or that have one of its IDs.
func sameSource(rule recipe.SameSource, rows []Row, given Given) []Drop {
	reasons, urls, ids := map[string]string{}, map[string]string{}, map[string]string{} // by place, or by ID
	for _, name := range rule.Against {
		for _, row := range given.Others[name] {
			if place := placeOf(row.URL); place != "" && reasons[place] == "" {
				reasons[place], urls[place] = reasonSource+name, row.ID
			}
		}
	}
	for _, address := range rule.URLs {
		if place := placeOf(address); reasons[place] == "" {
			reasons[place], urls[place] = reasonURL, address
		}
	}
	for _, id := range rule.IDs {
		ids[idKey(id)] = id
	}
	return each(rows, func(row Row) (string, string) {
		place := placeOf(row.URL)
		if reason := reasons[place]; place != "" && reason != "" {
			return reason, urls[place]
		}
		for _, id := range []string{row.ID, idOf(place)} {
			if given, ok := ids[idKey(id)]; ok && id != "" {
				return reasonID, given
			}
		}
		return "", ""
	})
}

var (
	codeforces = regexp.MustCompile(`^/(?:contest/(\d+)/problem|problemset/problem/(\d+)|gym/(\d+)/problem|group/\w+/contest/(\d+)/problem)/(\w+)`)
	atCoder    = regexp.MustCompile(`^/contests/[\w-]+/tasks/([\w-]+)`)
	leetCode   = regexp.MustCompile(`^/problems/([\w-]+)`)
)

// placeOf is one spelling of an address for all that lead to the same problem, "" for none.
func placeOf(address string) string {
	address = strings.TrimSpace(address)
	if address == "" {
		return ""
	}
	if !strings.Contains(address, "://") {
		address = "https://" + strings.TrimPrefix(address, "//")
	}
	u, err := url.Parse(address)
	if err != nil {
		return strings.ToLower(address)
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	at := strings.ToLower(path.Clean("/" + u.Path))
	switch {
	case host == "codeforces.com" || strings.HasSuffix(host, ".codeforces.com"):
		if m := codeforces.FindStringSubmatch(at); m != nil {
			return "codeforces.com/" + m[1] + m[2] + m[3] + m[4] + "_" + m[5]
		}
	case host == "atcoder.jp" || strings.HasSuffix(host, ".atcoder.jp"):
		if m := atCoder.FindStringSubmatch(at); m != nil {
			return "atcoder.jp/" + m[1]
		}
	case host == "leetcode.com" || host == "leetcode.cn" || host == "leetcode-cn.com":
		if m := leetCode.FindStringSubmatch(at); m != nil {
			return "leetcode.com/" + m[1]
		}
	}
	place := host + strings.TrimSuffix(at, "/")
	if query := u.Query(); at == "/" || len(query) > 0 && numbered(query) { // as in problem.php?id=1000
		place += "?" + query.Encode()
	}
	return place
}

// numbered says whether a query names the problem: other queries are how a page is shown.
func numbered(query url.Values) bool {
	for _, name := range []string{"id", "pid", "problem", "problem_id", "problemId"} {
		if query.Get(name) != "" {
			return true
		}
	}
	return false
}

// idOf is what a place calls its problem.
func idOf(place string) string {
	if place == "" {
		return ""
	}
	return path.Base(place)
}

// idKey is one spelling of an ID: 1873A is 1873_A.
func idKey(id string) string {
	return strings.NewReplacer("_", "", "-", "", "/", "").Replace(strings.ToLower(strings.TrimSpace(id)))
}
