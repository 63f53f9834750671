package s3

import (
	"testing"
	"time"

	"temper/activities/objectstore/storetest"
	"temper/model/pretrained"
)

// benchBytes is the size of a file in the benchmarks.
const benchBytes = 256 << 20

// BenchmarkModelFile writes a file of 256 MiB through a Sink and reads it through
// a Folder by eight readers, as weights are; beside them Put and Get of one blob.
func BenchmarkModelFile(b *testing.B) {
	cfg, err := testServer()
	if err != nil {
		b.Skip(err)
	}
	s, err := New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	to, err := s.Sink("s3://" + cfg.Bucket + "/" + storetest.Folder() + "bench")
	if err != nil {
		b.Fatal(err)
	}
	data := make([]byte, benchBytes)
	var times [4]time.Duration
	round := 0
	for b.Loop() {
		round++
		data[0] = byte(round) // a Put of what is there writes nothing
		began := time.Now()
		lap := func(i int, err error) {
			if err != nil {
				b.Fatal(err)
			}
			times[i] += time.Since(began)
			began = time.Now()
		}
		ref, err := s.Put(b.Context(), data)
		lap(0, err)
		_, err = s.Get(b.Context(), ref)
		lap(1, err)
		lap(2, upload256(b, to, data))
		lap(3, download256(b, s, to.(*sink).String(), data))
	}
	for i, name := range []string{"put", "get", "sink", "folder"} {
		b.ReportMetric(float64(round)*benchBytes/1e6/times[i].Seconds(), name+"-MB/s")
	}
	b.ReportMetric(0, "ns/op")
}

func upload256(b *testing.B, to pretrained.Sink, data []byte) error {
	w, err := to.Create(b.Context(), "file", int64(len(data)))
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	return w.Close()
}

func download256(b *testing.B, s *Store, uri string, into []byte) error {
	from, err := s.Folder(uri)
	if err != nil {
		return err
	}
	file, err := from.Open(b.Context(), "file")
	if err != nil {
		return err
	}
	const readers, piece = 8, 4 << 20
	ends := make(chan error, readers)
	for r := range readers {
		go func() {
			var err error
			for at := r * piece; at < len(into) && err == nil; at += readers * piece {
				_, err = file.ReadAt(into[at:min(at+piece, len(into))], int64(at))
			}
			ends <- err
		}()
	}
	for range readers {
		if e := <-ends; e != nil {
			err = e
		}
	}
	return err
}
