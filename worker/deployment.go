package main

import (
	"fmt"
	"strings"

	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// parseDeployment reads the flags -deployment and -build-id.
func parseDeployment(name, build string) (worker.WorkerDeploymentVersion, error) {
	v := worker.WorkerDeploymentVersion{DeploymentName: name, BuildID: build}
	switch {
	case name == "" && build != "":
		return v, fmt.Errorf("-build-id is %q, without -deployment; valid: both, or neither", build)
	case name != "" && build == "":
		return v, fmt.Errorf("-deployment is %q, without -build-id; valid: both, or neither", name)
	case strings.ContainsAny(name, ".:"):
		return v, fmt.Errorf("-deployment is %q; valid: a name without dots and colons", name)
	}
	return v, nil
}

// deploymentOptions make workflow executions stay with the deployment version that began them. Where no deployment is
// named the worker is unversioned: a versioned one gets no work until somebody makes its version current.
func deploymentOptions(v worker.WorkerDeploymentVersion) worker.DeploymentOptions {
	if v.DeploymentName == "" {
		return worker.DeploymentOptions{}
	}
	return worker.DeploymentOptions{UseVersioning: true, Version: v, DefaultVersioningBehavior: workflow.VersioningBehaviorPinned}
}
