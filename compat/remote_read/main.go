// Reads from Tidemark with Prometheus' own client of remote read, once as SAMPLES
// and once as STREAMED_XOR_CHUNKS, and compares every sample of the two with what
// was written: floats, native histograms with integer counts, with float counts
// and gauges, resets, stale markers, buckets that come and go.
//
//	tidemark serve --listen 127.0.0.1:9201 --data $(mktemp -d) &
//	cp -r compat/remote_read /tmp && cd /tmp/remote_read && go mod tidy && go run . http://127.0.0.1:9201
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"math"
	"math/rand"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/golang/snappy"
	config_util "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/prompb"
	"github.com/prometheus/prometheus/storage/remote"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
)

const (
	seriesCount     = 40
	samplesASeries  = 400
	meanStepMs      = 5000
	buckets         = 12
	fractionOfFloat = 0.37 // a factor that makes counts no whole numbers
)

// Samples as text, by series.
type samples map[string][]string

var stale = math.Float64frombits(value.StaleNaN)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: remote_read URL")
	}
	base := os.Args[1]
	now := time.Now().UnixMilli()
	want := fill(base, rand.New(rand.NewSource(7)), now)
	for _, r := range [][2]int64{{now - 7_200_000, now}, {now - 3_000_000, now - 2_000_000}} {
		for _, t := range []prompb.ReadRequest_ResponseType{prompb.ReadRequest_SAMPLES, prompb.ReadRequest_STREAMED_XOR_CHUNKS} {
			got := read(base, t, r[0], r[1])
			fmt.Printf("%v [%d, %d]: %d samples\n", t, r[0], r[1], compare(want, got, r[0], r[1]))
		}
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// fill writes random series and says what they are.
func fill(base string, r *rand.Rand, now int64) samples {
	want := samples{}
	for s := 0; s < seriesCount; s++ {
		series := prompb.TimeSeries{Labels: []prompb.Label{
			{Name: "__name__", Value: "remote_read"}, {Name: "n", Value: fmt.Sprintf("%03d", s)},
		}}
		key := fmt.Sprintf(`{__name__="remote_read", n="%03d"}`, s)
		t := now - 3_600_000
		if s%4 == 0 {
			series.Samples = floats(r, t)
		} else {
			series.Histograms = histograms(r, t, s%4 == 2, s%4 == 3)
		}
		for _, f := range series.Samples {
			want[key] = append(want[key], floatText(f.Timestamp, f.Value))
		}
		for _, h := range series.Histograms {
			want[key] = append(want[key], histogramText(h.Timestamp, h.ToFloatHistogram()))
		}
		write(base, series)
	}
	return want
}

func next(r *rand.Rand, t int64) int64 { return t + meanStepMs + int64(r.Intn(3)-1)*1000 }

func floats(r *rand.Rand, t int64) (out []prompb.Sample) {
	v := 0.0
	for i := 0; i < samplesASeries; i++ {
		t = next(r, t)
		v += float64(r.Intn(5))
		if r.Intn(60) == 0 {
			v = 0
		}
		s := prompb.Sample{Timestamp: t, Value: v}
		if r.Intn(50) == 0 {
			s.Value = stale
		}
		out = append(out, s)
	}
	return out
}

func histograms(r *rand.Rand, t int64, fractions, gauges bool) (out []prompb.Histogram) {
	var counts [buckets]int64
	for i := 0; i < samplesASeries; i++ {
		t = next(r, t)
		if r.Intn(80) == 0 {
			out = append(out, prompb.FromFloatHistogram(t, &histogram.FloatHistogram{Sum: stale}))
			continue
		}
		if r.Intn(90) == 0 {
			counts = [buckets]int64{}
		}
		for b := range counts {
			if r.Intn(6) == 0 {
				counts[b] += int64(r.Intn(4))
			}
		}
		h := fromCounts(r, counts, fractions)
		if gauges {
			h.CounterResetHint = histogram.GaugeType
		}
		out = append(out, prompb.FromFloatHistogram(t, h))
	}
	return out
}

// fromCounts leaves out some buckets that are empty, and changes schema now and then.
func fromCounts(r *rand.Rand, counts [buckets]int64, fractions bool) *histogram.FloatHistogram {
	h := &histogram.FloatHistogram{ZeroThreshold: 0.001, Sum: r.Float64() * 100}
	if r.Intn(100) == 0 {
		h.Schema = 1
	}
	end := -4
	for b, count := range counts {
		if count == 0 && r.Intn(3) > 0 {
			continue
		}
		index := b - 4
		if n := len(h.PositiveSpans); n > 0 && index == end {
			h.PositiveSpans[n-1].Length++
		} else {
			offset := index - end
			if n == 0 {
				offset = index
			}
			h.PositiveSpans = append(h.PositiveSpans, histogram.Span{Offset: int32(offset), Length: 1})
		}
		end = index + 1
		v := float64(count)
		if fractions {
			v *= fractionOfFloat
		}
		h.PositiveBuckets = append(h.PositiveBuckets, v)
		h.Count += v
	}
	return h
}

func write(base string, series prompb.TimeSeries) {
	body, err := (&prompb.WriteRequest{Timeseries: []prompb.TimeSeries{series}}).Marshal()
	check(err)
	reply, err := http.Post(base+"/api/v1/write", "application/x-protobuf", bytes.NewReader(snappy.Encode(nil, body)))
	check(err)
	defer reply.Body.Close()
	if text, _ := io.ReadAll(reply.Body); reply.StatusCode != http.StatusNoContent {
		log.Fatalf("%s: %s", reply.Status, text)
	}
}

func read(base string, t prompb.ReadRequest_ResponseType, from, to int64) samples {
	u, err := url.Parse(base + "/api/v1/read")
	check(err)
	remote.AcceptedResponseTypes = []prompb.ReadRequest_ResponseType{t}
	client, err := remote.NewReadClient("tidemark", &remote.ClientConfig{
		URL: &config_util.URL{URL: u}, Timeout: model.Duration(time.Minute), ChunkedReadLimit: 50 << 20,
	})
	check(err)
	set, err := client.Read(context.Background(), &prompb.Query{
		StartTimestampMs: from, EndTimestampMs: to,
		Matchers: []*prompb.LabelMatcher{{Name: "__name__", Value: "remote_read"}},
	}, false)
	check(err)
	got := samples{}
	for set.Next() {
		key := set.At().Labels().String()
		it := set.At().Iterator(nil)
		for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
			if kind == chunkenc.ValFloat {
				got[key] = append(got[key], floatText(it.At()))
			} else {
				got[key] = append(got[key], histogramText(it.AtFloatHistogram(nil)))
			}
		}
		check(it.Err())
	}
	check(set.Err())
	return got
}

func floatText(t int64, v float64) string { return fmt.Sprintf("%d %x", t, math.Float64bits(v)) }

// histogramText leaves out what may differ: empty buckets, and what is said of
// resets, which readers find out for themselves.
func histogramText(t int64, h *histogram.FloatHistogram) string {
	if value.IsStaleNaN(h.Sum) {
		return fmt.Sprintf("%d stale", t)
	}
	return fmt.Sprintf("%d gauge=%v schema=%d %v", t, h.CounterResetHint == histogram.GaugeType, h.Schema, h.Copy().Compact(0))
}

// compare returns how many samples there were; it ends the program where they differ.
func compare(want, got samples, from, to int64) (n int) {
	for key, all := range want {
		var inside []string
		for _, text := range all {
			var t int64
			if _, err := fmt.Sscan(text, &t); err == nil && t >= from && t <= to {
				inside = append(inside, text)
			}
		}
		if len(inside) != len(got[key]) {
			log.Fatalf("%s: %d samples, want %d", key, len(got[key]), len(inside))
		}
		for i := range inside {
			if inside[i] != got[key][i] {
				log.Fatalf("%s:\n got %s\nwant %s", key, got[key][i], inside[i])
			}
		}
		n += len(inside)
	}
	return n
}
