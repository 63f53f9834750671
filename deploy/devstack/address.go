package main

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"time"
)

// addresses are where the three services listen, and the ports of Temporal's
// internal services on the same IP as its frontend.
type addresses struct {
	temporal, ui, s3 netip.AddrPort
	internal         []uint16
}

// portGrace is how long an occupied port is tried again: after kill -9 of a
// devstack its store needs a moment to notice and let go of its port.
const portGrace = 1500 * time.Millisecond

// claimAddresses checks that all addresses are loopback addresses and free, and
// picks n free internal ports. It returns every fault it finds, joined.
func claimAddresses(o options, n int) (addresses, error) {
	var a addresses
	var errs []error
	var held []net.Listener
	defer func() {
		for _, l := range held {
			l.Close()
		}
	}()
	taken := map[string]string{}
	for _, w := range []struct {
		flag, value string
		out         *netip.AddrPort
	}{{"-temporal", o.temporal, &a.temporal}, {"-ui", o.ui, &a.ui}, {"-s3", o.s3, &a.s3}} {
		addr, err := parseLoopback(w.flag, w.value)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if other, ok := taken[addr.String()]; ok && addr.Port() != 0 {
			errs = append(errs, fmt.Errorf("%s and %s are both %s; choose different addresses", other, w.flag, addr))
			continue
		}
		taken[addr.String()] = w.flag
		l, err := listenPatiently(addr)
		if err != nil {
			errs = append(errs, listenError(w.flag, addr, err))
			continue
		}
		held = append(held, l)
		*w.out = netip.MustParseAddrPort(l.Addr().String())
	}
	if len(errs) > 0 {
		return a, errors.Join(errs...)
	}
	// Internal ports follow the frontend's: unlike ports that the kernel picks,
	// they are not handed out to outgoing connections meanwhile.
	for port := int(a.temporal.Port()) + 1; len(a.internal) < n; port++ {
		if port > 65535 {
			return a, fmt.Errorf("no %d free ports above %s for Temporal's internal services; choose a lower port with -temporal", n, a.temporal)
		}
		l, err := net.Listen("tcp", netip.AddrPortFrom(a.temporal.Addr(), uint16(port)).String())
		if err != nil {
			continue
		}
		held = append(held, l)
		a.internal = append(a.internal, uint16(port))
	}
	return a, nil
}

// parseLoopback reads HOST:PORT, where HOST is localhost or a loopback IP.
func parseLoopback(flag, s string) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%s %q is not an address of the form 127.0.0.1:7233", flag, s)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	p, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%s %q: port %q is not a number from 0 to 65535", flag, s, port)
	}
	ip, err := netip.ParseAddr(host)
	if err != nil || !ip.IsLoopback() {
		return netip.AddrPort{}, fmt.Errorf("%s %s is refused: the stack has no access control, so it listens on loopback addresses only (127.0.0.1, ::1, localhost)", flag, s)
	}
	return netip.AddrPortFrom(ip, uint16(p)), nil
}

func listenPatiently(addr netip.AddrPort) (net.Listener, error) {
	for deadline := time.Now().Add(portGrace); ; time.Sleep(50 * time.Millisecond) {
		l, err := net.Listen("tcp", addr.String())
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) || time.Now().After(deadline) {
			return l, err
		}
	}
}

func listenError(flag string, addr netip.AddrPort, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%s is in use; stop the program that holds it or choose another address with %s", addr, flag)
	}
	return fmt.Errorf("listen on %s (%s): %w", addr, flag, err)
}
