// SPDX-License-Identifier: Apache-2.0

// Pings the targets of a file with the Go library go-ping, which pro-bing continues, one pinger
// each as its users do, and prints how many probes were sent and answered as JSON.
//
// usage: bench_goping COUNT INTERVAL_MS TIMEOUT_MS FILE
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-ping/ping"
)

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench_goping:", err)
		os.Exit(1)
	}
}

func milliseconds(text string) time.Duration {
	value, err := strconv.Atoi(text)
	fail(err)
	return time.Duration(value) * time.Millisecond
}

func readTargets(path string) (targets []string) {
	file, err := os.Open(path)
	fail(err)
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		targets = append(targets, lines.Text())
	}
	fail(lines.Err())
	return targets
}

func newPinger(host string, count int, interval, timeout time.Duration) *ping.Pinger {
	pinger, err := ping.NewPinger(host)
	fail(err)
	pinger.Count = count
	pinger.Interval = interval
	// It is for the whole run here, not for a probe.
	pinger.Timeout = time.Duration(count)*interval + timeout
	pinger.Size = 56
	pinger.SetPrivileged(true)
	pinger.RecordRtts = false
	return pinger
}

func main() {
	if len(os.Args) != 5 {
		fail(fmt.Errorf("usage: bench_goping COUNT INTERVAL_MS TIMEOUT_MS FILE"))
	}
	count, err := strconv.Atoi(os.Args[1])
	fail(err)
	var sent, received, failed int64
	var running sync.WaitGroup
	for _, host := range readTargets(os.Args[4]) {
		pinger := newPinger(host, count, milliseconds(os.Args[2]), milliseconds(os.Args[3]))
		running.Add(1)
		go func() {
			defer running.Done()
			if pinger.Run() != nil {
				atomic.AddInt64(&failed, 1)
			}
			stats := pinger.Statistics()
			atomic.AddInt64(&sent, int64(stats.PacketsSent))
			atomic.AddInt64(&received, int64(stats.PacketsRecv))
		}()
	}
	running.Wait()
	fmt.Printf("{\"sent\": %d, \"received\": %d, \"failed\": %d}\n", sent, received, failed)
}
