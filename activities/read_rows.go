package activities

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"time"

	"temper/activities/liveness"
	"temper/model/library/parquetlines"
	"temper/model/library/unpack"
)

// roomShare is which part of the memory that is left a data set's text may take: its records
// and what is stored of them take five times as much again at the most, measured on long responses.
const roomShare = 6

// readRows returns a file of rows as text: unpacked where it is gzip or zstd, as JSON lines
// where it is Parquet. A text that does not fit in this worker's memory is a user's mistake.
func (a *Activities) readRows(ctx context.Context, field, uri string) ([]byte, error) {
	data, err := a.Sources.ReadURI(ctx, uri)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", field, err)
	}
	if unpack.Form(data) == "" && !parquetlines.Is(data) {
		return data, nil
	}
	limit := int64(math.MaxInt64 - 1)
	if a.Available != nil {
		left, err := a.Available()
		if err != nil {
			return nil, err
		}
		limit = left / roomShare
	}
	defer liveness.Expect(ctx, time.Duration(len(data)/slowestBytes)*time.Second)()
	text, err := unpacked(data, limit)
	if err != nil {
		return nil, UserErrorf("%s: %s: %v (on worker %s; a data set may take 1/%d of the memory that is left)", field, uri, err, a.Worker, roomShare)
	}
	return text, nil
}

func unpacked(data []byte, limit int64) ([]byte, error) {
	if !parquetlines.Is(data) {
		return unpack.All(data, limit)
	}
	text, more, err := parquetlines.Lines(bytes.NewReader(data), int64(len(data)), limit)
	if more {
		err = fmt.Errorf("%w %d bytes", unpack.ErrTooLarge, limit)
	}
	return text, err
}

// readFirstRows returns whole lines from the beginning of a file of rows, as readRows has it, and whether there are more; none where the first is longer than headBytes.
func (a *Activities) readFirstRows(ctx context.Context, field, uri string) (head []byte, more bool, err error) {
	data, err := a.Sources.ReadHead(ctx, uri, headBytes)
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", field, err)
	}
	if parquetlines.Is(data) {
		return a.readParquet(ctx, field, uri)
	}
	head, more, err = unpack.Head(data, headBytes, len(data) == headBytes)
	if err != nil {
		return nil, false, UserErrorf("%s: %s: %v (on worker %s)", field, uri, err, a.Worker)
	}
	if more {
		head = head[:bytes.LastIndexByte(head, '\n')+1]
	}
	return head, more, nil
}
