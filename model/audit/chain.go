package audit

import (
	"fmt"

	"temper/model/artifact"
)

// chain is what the run's ledgers list.
type chain struct {
	// ledgers are the records of ledgers by key, and listed what any of them lists.
	ledgers map[string]artifact.Ledger
	listed  map[string]bool
	// seals are where chains end, by the key of the record that says so.
	seals map[string]artifact.Seal
}

// noteChain keeps a ledger, or where a page says that the chain ends.
func (w *walk) noteChain(key string, m artifact.Manifest, input document) {
	if m.Seal != nil {
		w.chain.seals[key] = *m.Seal
	}
	if m.Kind != artifact.KindLedger {
		return
	}
	if m.Ledger == nil {
		w.find(ByRecord, key, "it is a ledger without links")
		return
	}
	if err := m.Ledger.Verify(); err != nil {
		w.find(ByChain, key, "%v", err)
	}
	if input != nil && !sameDocument(input.object("ledger"), m.Ledger) {
		w.find(ByRecord, key, "it lists something else than its input")
	}
	w.chain.ledgers[key] = *m.Ledger
}

// sameDocument tells whether a document is the JSON form of a value.
func sameDocument(d document, value any) bool {
	other, err := documentOf(value)
	return err == nil && sameJSON(map[string]any(d), map[string]any(other))
}

// checkChain compares the records with what the ledgers list, and the ledgers with each other and with where the
// chain ends.
func (w *walk) checkChain() error {
	c := &w.chain
	for _, key := range sortedNames(c.ledgers) {
		w.checkLedger(key, c.ledgers[key])
	}
	for _, key := range sortedNames(c.seals) {
		seal := c.seals[key]
		ledger, there := c.ledgers[seal.Ledger.Key]
		switch {
		case !there:
			w.find(ByChain, key, "the chain ends with ledger %s, which is not there", seal.Ledger.Key)
		case ledger.Head != seal.Head:
			w.find(ByChain, key, "the chain ends with head %.12s, and its last ledger's is %.12s", seal.Head, ledger.Head)
		default:
			w.checkLink(key, seal.Ledger)
		}
	}
	seal, sealed := c.seals[w.final.key]
	switch {
	case len(c.ledgers) == 0:
		w.report.NotChecked("the chain of records", "the run has no ledgers: an earlier version made it, or it has not come to the end of a stage")
	case !sealed:
		w.report.Chain = fmt.Sprintf("%d ledgers list %d records; the run has not sealed them", len(c.ledgers), len(c.listed))
		w.report.NotChecked("records beyond the chain", "the run has not come to an end that seals its chain")
	default:
		w.report.Head = seal.Head
		w.report.Chain = fmt.Sprintf("head %s; %d ledgers list %d records", seal.Head, len(c.ledgers), len(c.listed))
	}
	return nil
}

// checkLedger compares what a ledger lists with what is there. A ledger that goes on from another begins with it.
func (w *walk) checkLedger(key string, ledger artifact.Ledger) {
	for i, link := range ledger.Links {
		w.chain.listed[link.Key] = true
		w.checkLink(key, link)
		before, isLedger := w.chain.ledgers[link.Key]
		if i == 0 && ledger.Previous != "" && (!isLedger || before.Head != ledger.Previous) {
			w.find(ByChain, key, "it goes on from head %.12s, and what it begins with has another", ledger.Previous)
		}
	}
}

// checkLink compares a link with the record that it names.
func (w *walk) checkLink(by string, link artifact.Link) {
	at, there := w.byKey[link.Key]
	switch d, _ := digestOf(link.SHA256); {
	case !there && w.damaged[link.Key] == "":
		w.find(ByChain, link.Key, "%s lists this record, and it is not there", by)
	case there && w.records[at].digest != d:
		w.find(ByChain, link.Key, "%s lists this record with digest %.12s, and it is another", by, link.SHA256)
	}
}

// checkUnlisted looks for records that no ledger lists, of a run whose chain is sealed; asked are those whose work a
// history asked for. What an execution did that ended in the middle may stand in no ledger.
func (w *walk) checkUnlisted(asked map[digest]bool) {
	if w.report.Head == "" {
		return
	}
	ends := map[string]bool{} // the pages, and the ledgers that they end with
	for key, seal := range w.chain.seals {
		ends[key], ends[seal.Ledger.Key] = true, true
	}
	for _, r := range w.records {
		if ends[r.key] || w.chain.listed[r.key] {
			continue
		}
		if asked[r.input] {
			w.report.NotChecked("records in no ledger", r.key+": the history has it, of an execution that wrote no ledger of it")
			continue
		}
		w.find(ByChain, r.key, "no ledger lists it: it was added, or is of an execution that ended before it wrote one")
	}
}
