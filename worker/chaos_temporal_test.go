package main

import (
	"io"
	"net"
	"sync"
	"testing"
)

// temporalProxy stands between workers and Temporal: connections pass, until it is away.
type temporalProxy struct {
	listener net.Listener
	server   string

	mu    sync.Mutex
	gone  int // how many say that it is away
	conns map[net.Conn]bool
}

func newTemporalProxy(t testing.TB, server string) *temporalProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &temporalProxy{listener: l, server: server, conns: map[net.Conn]bool{}}
	t.Cleanup(func() { _ = l.Close(); p.away() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go p.connect(conn)
		}
	}()
	return p
}

func (p *temporalProxy) address() string { return p.listener.Addr().String() }

// connect joins a connection with one to the server.
func (p *temporalProxy) connect(from net.Conn) {
	defer from.Close()
	to, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	defer to.Close()
	p.mu.Lock()
	if p.gone > 0 {
		p.mu.Unlock()
		return
	}
	p.conns[from] = true
	p.mu.Unlock()
	done := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{from, to}, {to, from}} {
		go func() { _, _ = io.Copy(pair[0], pair[1]); done <- struct{}{} }()
	}
	<-done
	p.mu.Lock()
	delete(p.conns, from)
	p.mu.Unlock()
}

// away breaks all connections off and takes none until it is back.
func (p *temporalProxy) away() (back func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gone++
	for conn := range p.conns {
		_ = conn.Close()
	}
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.gone--
	}
}
