package s3files

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"syscall"

	"github.com/rclone/gofakes3"
)

// The error codes that gofakes3 does not know.
const (
	errDiskFull      gofakes3.ErrorCode = "InsufficientStorage"
	errParentIsFile  gofakes3.ErrorCode = "ObjectParentIsFile"
	errIsFolder      gofakes3.ErrorCode = "ExistingObjectIsDirectory"
	errBodyCorrupted gofakes3.ErrorCode = "XAmzContentSHA256Mismatch"
	errSignature     gofakes3.ErrorCode = "SignatureDoesNotMatch"
)

// statusOf are their HTTP statuses: gofakes3 would answer each with 500.
var statusOf = map[gofakes3.ErrorCode]int{
	errDiskFull:      http.StatusInsufficientStorage,
	errParentIsFile:  http.StatusConflict,
	errIsFolder:      http.StatusConflict,
	errBodyCorrupted: http.StatusBadRequest,
	errSignature:     http.StatusForbidden,
}

// told is err as the client is told it, without the wrapping that gofakes3 does
// not undo. A fault of this machine is told too: client and server share it.
func told(ctx context.Context, err error) error {
	var s3 gofakes3.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &s3):
	case errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT):
		err := gofakes3.ErrorMessagef(errDiskFull, "the disk of the store is full, free some space on it: %v", err)
		return told(ctx, err)
	default:
		return gofakes3.ErrorMessage(gofakes3.ErrInternal, err.Error())
	}
	if status, ok := ctx.Value(statusKey{}).(*int); ok {
		*status = statusOf[s3.ErrorCode()]
	}
	return s3
}

// statusKey finds in a request's context where its status can be set, an *int.
type statusKey struct{}

// withStatus lets told decide the status of an answer.
func withStatus(w http.ResponseWriter, r *http.Request) (http.ResponseWriter, *http.Request) {
	var status int
	return &ownStatus{w, &status}, r.WithContext(context.WithValue(r.Context(), statusKey{}, &status))
}

type ownStatus struct {
	http.ResponseWriter
	status *int // 0 where gofakes3 knows better
}

// WriteHeader implements http.ResponseWriter.
func (o *ownStatus) WriteHeader(status int) {
	if *o.status != 0 {
		status = *o.status
	}
	o.ResponseWriter.WriteHeader(status)
}

func errBelowFile(where string) error {
	return gofakes3.ErrorMessagef(errParentIsFile, "an object cannot be a folder: %s is below one", where)
}

func errFolder(where string) error {
	return gofakes3.ErrorMessagef(errIsFolder, "other objects lie below %s", where)
}

func errBadKey(key string) error {
	return gofakes3.ErrorMessage(gofakes3.ErrInvalidArgument,
		fmt.Sprintf("key %.300q cannot be a file's path: a part between slashes has 1 to 255 bytes and is not . or ..", key))
}
