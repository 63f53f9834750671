package bundle

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"crypto/sha256"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"
)

// payloadType is that of in-toto statements in an envelope.
const payloadType = "application/vnd.in-toto+json"

// Key is an Ed25519 key: dsse's signer and verifier.
type Key struct {
	private ed25519.PrivateKey // nil of a public key
	public  ed25519.PublicKey
}

// ReadKey reads a key from a PEM file, PKCS #8 or PKIX, as `openssl genpkey -algorithm ed25519` and `openssl pkey -pubout`
// write them.
func ReadKey(file string) (*Key, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the key: %w", err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("%s is no PEM file; valid: an Ed25519 key, as `openssl genpkey -algorithm ed25519` writes it", file)
	}
	if private, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
		if key, ok := private.(ed25519.PrivateKey); ok {
			return &Key{key, key.Public().(ed25519.PublicKey)}, nil
		}
	}
	if public, err := x509.ParsePKIXPublicKey(block.Bytes); err == nil {
		if key, ok := public.(ed25519.PublicKey); ok {
			return &Key{nil, key}, nil
		}
	}
	return nil, fmt.Errorf("%s holds no Ed25519 key (%s); valid: PKCS #8 or PKIX in PEM", file, block.Type)
}

// Private tells whether the key can sign.
func (k *Key) Private() bool { return k.private != nil }

// KeyID is the SHA-256 of the public key in PKIX form, in hex.
func (k *Key) KeyID() (string, error) {
	der, err := x509.MarshalPKIXPublicKey(k.public)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:]), nil
}

// Sign implements dsse.Signer.
func (k *Key) Sign(_ context.Context, data []byte) ([]byte, error) {
	return ed25519.Sign(k.private, data), nil
}

// Verify implements dsse.Verifier.
func (k *Key) Verify(_ context.Context, data, signature []byte) error {
	if !ed25519.Verify(k.public, data, signature) {
		return errors.New("the signature is another")
	}
	return nil
}

// Public implements dsse.Verifier.
func (k *Key) Public() crypto.PublicKey { return k.public }

// sign puts a statement into an envelope.
func sign(ctx context.Context, k *Key, statement []byte) ([]byte, error) {
	signer, err := dsse.NewEnvelopeSigner(k)
	if err != nil {
		return nil, fmt.Errorf("sign the statement: %w", err)
	}
	envelope, err := signer.SignPayload(ctx, payloadType, statement)
	if err != nil {
		return nil, fmt.Errorf("sign the statement: %w", err)
	}
	data, err := json.Marshal(envelope)
	if err != nil {
		return nil, fmt.Errorf("sign the statement: %w", err)
	}
	return append(data, '\n'), nil
}

// Signed tells whether the bundle has an envelope.
func (b *Bundle) Signed() bool {
	_, err := fs.Stat(b.files, envelopeFile)
	return err == nil
}

// VerifySignature says what is wrong with the envelope, nil if the key has signed the very statement.
func (b *Bundle) VerifySignature(ctx context.Context, k *Key) error {
	data, err := fs.ReadFile(b.files, envelopeFile)
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("no key has signed the statement")
	}
	if err != nil {
		return err
	}
	var envelope dsse.Envelope
	if err := json.Unmarshal(data, &envelope); err != nil {
		return fmt.Errorf("the envelope is none: %w", err)
	}
	verifier, err := dsse.NewEnvelopeVerifier(k)
	if err != nil {
		return err
	}
	if _, err := verifier.Verify(ctx, &envelope); err != nil {
		return fmt.Errorf("the key that was given has not signed the statement: %w", err)
	}
	statement, err := fs.ReadFile(b.files, statementFile)
	if err != nil {
		return err
	}
	payload, err := envelope.DecodeB64Payload()
	if err != nil || envelope.PayloadType != payloadType || string(payload) != string(statement) {
		return errors.New("the statement is another than the one that is signed")
	}
	return nil
}
