// Package endpoints finds Temporal and the S3 store: from the environment where
// it names them, else from the devstack that runs on a data directory.
package endpoints

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"

	"temper/activities/objectstore/s3"
	"temper/starter/advice"
)

// ErrNotRunning is wrapped by the errors of Find and FindStore where the
// environment does not name what is wanted and no devstack runs on the data directory.
var ErrNotRunning = errors.New("no Temporal runs")

// The environment variables that name the S3 store. Temporal's own are those of
// its CLI: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS_…,
// TEMPORAL_PROFILE with TEMPORAL_CONFIG_FILE.
const (
	envS3Endpoint = "TEMPER_S3_ENDPOINT"
	envS3Bucket   = "TEMPER_S3_BUCKET"
	envAccessKey  = "AWS_ACCESS_KEY_ID"
	envSecretKey  = "AWS_SECRET_ACCESS_KEY"
	envToken      = "AWS_SESSION_TOKEN"
	envRegion     = "AWS_REGION"
)

// Endpoints says where Temporal and the S3 store are and who we are to them.
type Endpoints struct {
	// Temporal holds address, namespace, TLS and credentials.
	Temporal client.Options
	// UI is the base URL of Temporal's web UI, "" where it is not known.
	UI string
	S3 s3.Config
}

// RunURL is the page of Temporal's web UI that shows how a run stands (its tab User Metadata), "" where no UI is known. The tab
// is of one execution; without its Run ID the page opens on another.
func (e Endpoints) RunURL(runName, runID string) string {
	if e.UI == "" {
		return ""
	}
	page := e.workflows() + "/" + runName
	if runID != "" {
		page += "/" + runID + "/user-metadata"
	}
	return page
}

// RunsURL is the list of runs and experiments there, without their parts.
func (e Endpoints) RunsURL() string {
	if e.UI == "" {
		return ""
	}
	return e.workflows() + "?query=" + url.QueryEscape("WorkflowType IN ('PostTraining', 'Experiment')")
}

func (e Endpoints) workflows() string {
	return strings.TrimSuffix(e.UI, "/") + "/namespaces/" + e.Temporal.Namespace + "/workflows"
}

// Find looks for Temporal and the S3 store, each in the environment first and
// then in the devstack of dataDir. It connects to nothing. The error is one line
// that says what to start or to set.
func Find(dataDir string) (Endpoints, error) {
	return find(dataDir, os.Getenv)
}

// FindStore is Find for those who want the S3 store alone.
func FindStore(dataDir string) (Endpoints, error) {
	if os.Getenv(envS3Endpoint) == "" {
		stack, err := runningDevstack(dataDir, false)
		return Endpoints{S3: stack.S3}, err
	}
	store, err := s3FromEnvironment(os.Getenv)
	return Endpoints{S3: store}, err
}

// TemporalFromEnvironment reports whether the environment names a Temporal, so
// that no local one is wanted.
func TemporalFromEnvironment() bool {
	return os.Getenv("TEMPORAL_ADDRESS") != "" || os.Getenv("TEMPORAL_PROFILE") != ""
}

func find(dataDir string, getenv func(string) string) (Endpoints, error) {
	remoteTemporal := getenv("TEMPORAL_ADDRESS") != "" || getenv("TEMPORAL_PROFILE") != ""
	remoteS3 := getenv(envS3Endpoint) != ""
	var e Endpoints
	var stack Devstack
	if !remoteTemporal || !remoteS3 {
		var err error
		if stack, err = runningDevstack(dataDir, remoteTemporal); err != nil {
			return e, err
		}
	}
	if remoteTemporal {
		options, err := temporalFromEnvironment(getenv)
		if err != nil {
			return e, err
		}
		e.Temporal = options
	} else {
		e.Temporal = client.Options{HostPort: stack.Temporal, Namespace: stack.Namespace}
		e.UI = stack.UI
	}
	if !remoteS3 {
		e.S3 = stack.S3
		return e, nil
	}
	store, err := s3FromEnvironment(getenv)
	e.S3 = store
	return e, err
}

// runningDevstack reads the devstack of dataDir. The error says what is missing
// in the environment: an S3 store, when that has a Temporal.
func runningDevstack(dataDir string, onlyS3 bool) (Devstack, error) {
	stack, err := ReadDevstack(dataDir)
	gone := err == nil && !stack.runs(dataDir)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return stack, err
	case err == nil && !gone:
		return stack, nil
	case onlyS3:
		return stack, fmt.Errorf("no S3 store found: set %s, %s, %s and %s", envS3Endpoint, envS3Bucket, envAccessKey, envSecretKey)
	case gone:
		return stack, fmt.Errorf("%w: that of %s has ended (process %d); start it again with %s, or set TEMPORAL_ADDRESS", ErrNotRunning, dataDir, stack.PID, advice.Command(dataDir, "up"))
	}
	return stack, fmt.Errorf("%w on %s; start it with %s, or set TEMPORAL_ADDRESS", ErrNotRunning, dataDir, advice.Command(dataDir, "up"))
}

func temporalFromEnvironment(getenv func(string) string) (client.Options, error) {
	options, err := envconfig.LoadClientOptions(envconfig.LoadClientOptionsRequest{
		// The CLI's file may name another cluster: only who asks for it gets it.
		DisableFile: getenv("TEMPORAL_PROFILE") == "" && getenv("TEMPORAL_CONFIG_FILE") == "",
		EnvLookup:   lookup(getenv),
	})
	if err != nil {
		return options, fmt.Errorf("read Temporal's settings from the environment: %w", err)
	}
	if options.Namespace == "" {
		options.Namespace = client.DefaultNamespace
	}
	return options, nil
}

func s3FromEnvironment(getenv func(string) string) (s3.Config, error) {
	var missing []string
	for _, name := range []string{envS3Bucket, envAccessKey, envSecretKey} {
		if getenv(name) == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return s3.Config{}, fmt.Errorf("%s is set, but not %s", envS3Endpoint, strings.Join(missing, ", "))
	}
	return s3.Config{
		Endpoint: getenv(envS3Endpoint), Bucket: getenv(envS3Bucket), Region: getenv(envRegion),
		AccessKey: getenv(envAccessKey), SecretKey: getenv(envSecretKey), SessionToken: getenv(envToken),
	}, nil
}

// lookup lets envconfig read the same environment as we do.
type lookup func(string) string

// Environ lists the variables that envconfig finds by their prefix alone; we have none of those.
func (l lookup) Environ() []string {
	var list []string
	for _, entry := range os.Environ() {
		if name, _, _ := strings.Cut(entry, "="); strings.HasPrefix(name, "TEMPORAL_") && l(name) != "" {
			list = append(list, name+"="+l(name))
		}
	}
	return list
}

// LookupEnv counts an empty variable as absent.
func (l lookup) LookupEnv(name string) (string, bool) {
	value := l(name)
	return value, value != ""
}
