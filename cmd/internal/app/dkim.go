package app

import (
	"context"
	"net"

	"dutydesk/config"
	"dutydesk/intake/message"
)

// keys asks the configured name server for the keys of signatures; nil if none
// is configured. Names are asked for as they are: no domain of this machine is
// ever put behind them.
func keys(cfg *config.Config) func(ctx context.Context, name string) ([]string, error) {
	if cfg.DKIM.Resolver == "" {
		return nil
	}
	r := &net.Resolver{PreferGo: true}
	if server := cfg.DKIM.Resolver; server != "system" {
		r.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, network, server)
		}
	}
	return func(ctx context.Context, name string) ([]string, error) { return r.LookupTXT(ctx, name+".") }
}

// trust is whose word on a sender counts, by mailbox.
func trust(cfg *config.Config) map[string]message.Trust {
	all := map[string]message.Trust{}
	for i := range cfg.Mailboxes {
		if m := &cfg.Mailboxes[i]; m.Profile != "" && m.Profile != "none" && m.StripsForeign {
			all[m.Name] = message.Trust{Profile: message.Profile(m.Profile), AuthservID: m.AuthservID}
		}
	}
	return all
}
