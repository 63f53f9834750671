package main

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/temporal"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

const (
	clusterName = "active"
	// clusterID is constant: the database remembers it, and a server with another one does not start on it.
	clusterID = "0c7a5d0e-6d6b-4f6e-9a57-7e6d70657200"
	// historyShards is fixed when the database is made and cannot change later.
	historyShards = 4
	// internalPorts is the number of ports beside the frontend's: history, matching, worker.
	internalPorts = 3
	// temporalReady bounds the wait for the namespace after the server has started.
	temporalReady = 30 * time.Second
)

// startTemporal starts frontend, history, matching and worker service in this
// process and returns when the namespace answers.
func startTemporal(ctx context.Context, db *config.SQL, a addresses, namespace string, log serverLog) (temporal.Server, error) {
	conf := serverConfig(db, a)
	authorizer, err := authorization.GetAuthorizerFromConfig(&conf.Global.Authorization)
	if err != nil {
		return nil, fmt.Errorf("temporal: %w", err)
	}
	claims, err := authorization.GetClaimMapperFromConfig(&conf.Global.Authorization, log)
	if err != nil {
		return nil, fmt.Errorf("temporal: %w", err)
	}
	hosts := map[primitives.ServiceName]static.Hosts{}
	for _, name := range temporal.DefaultServices {
		port := uint16(conf.Services[name].RPC.GRPCPort)
		hosts[primitives.ServiceName(name)] = static.SingleLocalHost(netip.AddrPortFrom(a.temporal.Addr(), port).String())
	}
	srv, err := temporal.NewServer(
		temporal.WithConfig(conf),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts),
		temporal.WithLogger(log),
		temporal.WithAuthorizer(authorizer),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return claims }),
		temporal.WithDynamicConfigClient(dynamicConfig),
	)
	if err != nil {
		return nil, fmt.Errorf("temporal: %w", err)
	}
	if err := srv.Start(); err != nil {
		return nil, fmt.Errorf("start temporal: %w", err)
	}
	if err := awaitNamespace(ctx, a.temporal, namespace); err != nil {
		srv.Stop()
		return nil, err
	}
	return srv, nil
}

// serverConfig is what a server's YAML file would hold.
func serverConfig(db *config.SQL, a addresses) *config.Config {
	var c config.Config
	ip := a.temporal.Addr().String()
	c.Global.Membership.MaxJoinDuration = 30 * time.Second
	c.Global.Membership.BroadcastAddress = ip
	c.Persistence.DefaultStore = "sqlite"
	c.Persistence.VisibilityStore = "sqlite"
	c.Persistence.NumHistoryShards = historyShards
	c.Persistence.DataStores = map[string]config.DataStore{"sqlite": {SQL: db}}
	c.ClusterMetadata = &cluster.Config{
		FailoverVersionIncrement: 10,
		MasterClusterName:        clusterName,
		CurrentClusterName:       clusterName,
		ClusterInformation: map[string]cluster.ClusterInformation{clusterName: {
			Enabled:                true,
			InitialFailoverVersion: 1,
			RPCAddress:             a.temporal.String(),
			ClusterID:              clusterID,
		}},
	}
	c.DCRedirectionPolicy.Policy = "noop"
	c.Services = map[string]config.Service{}
	internal := a.internal
	for _, name := range temporal.DefaultServices {
		port := a.temporal.Port()
		if name != string(primitives.FrontendService) {
			port, internal = internal[0], internal[1:]
		}
		c.Services[name] = config.Service{RPC: config.RPC{BindOnIP: ip, GRPCPort: int(port)}}
	}
	c.Archival.History.State = "disabled"
	c.Archival.Visibility.State = "disabled"
	c.NamespaceDefaults.Archival.History.State = "disabled"
	c.NamespaceDefaults.Archival.Visibility.State = "disabled"
	c.PublicClient.HostPort = a.temporal.String()
	return &c
}

// awaitNamespace returns when the frontend describes the namespace.
func awaitNamespace(ctx context.Context, frontend netip.AddrPort, namespace string) error {
	ctx, cancel := context.WithTimeout(ctx, temporalReady)
	defer cancel()
	conn, err := grpc.NewClient(frontend.String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return fmt.Errorf("temporal: %w", err)
	}
	defer conn.Close()
	service := workflowservice.NewWorkflowServiceClient(conn)
	for {
		_, err := service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("temporal: namespace %q does not answer: %w", namespace, err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}
