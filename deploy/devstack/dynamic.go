package main

import (
	"time"

	dc "go.temporal.io/server/common/dynamicconfig"
)

// dynamicConfig fits the server to one machine with one user. It lifts rates that
// are meant for shared clusters. Limits that show faults of a workflow (payload
// and history sizes, timeouts, retry policies) keep their defaults.
var dynamicConfig = dc.StaticClient{
	// Each queue of a shard is read at most so many times a second. The default of
	// 20 makes every step of a serial workflow wait for its 50 ms.
	dc.TransferProcessorMaxPollRPS.Key():   2000,
	dc.TimerProcessorMaxPollRPS.Key():      2000,
	dc.VisibilityProcessorMaxPollRPS.Key(): 200,

	// One partition per task queue: nothing is forwarded between partitions.
	dc.MatchingNumTaskqueueReadPartitions.Key():  1,
	dc.MatchingNumTaskqueueWritePartitions.Key(): 1,

	dc.FrontendRPS.Key():                                         20000,
	dc.FrontendMaxNamespaceRPSPerInstance.Key():                  20000,
	dc.FrontendMaxNamespaceVisibilityRPSPerInstance.Key():        200,
	dc.FrontendMaxConcurrentLongRunningRequestsPerInstance.Key(): 10000,
	dc.FrontendPersistenceMaxQPS.Key():                           50000,
	dc.MatchingRPS.Key():                                         20000,
	dc.MatchingPersistenceMaxQPS.Key():                           50000,
	dc.HistoryRPS.Key():                                          20000,
	dc.HistoryPersistenceMaxQPS.Key():                            50000,

	// A worker with few pollers can have them all parked on its sticky queue while
	// a task waits on the normal one. An empty poll ends after this time, not 60 s,
	// and bounds that wait.
	dc.MatchingLongPollExpirationInterval.Key(): 10 * time.Second,

	// A search attribute that was just added is usable after this time, not 2 s.
	dc.NamespaceCacheRefreshInterval.Key(): 500 * time.Millisecond,

	// Caches sized for a laptop rather than a history host.
	dc.HistoryCacheHostLevelMaxSize.Key(): 8192,
}
