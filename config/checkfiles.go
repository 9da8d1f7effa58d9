package config

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// places checks the folders and the desk's key. Folders need not exist yet.
func (ch *checker) places() {
	if ch.production() && ch.Data != "" && !filepath.IsAbs(ch.Data) {
		ch.wrong("data", fmt.Sprintf("%q depends on where the program is started", ch.Data), "give the whole path, such as /var/lib/dutydesk")
	}
	ch.folder("data", ch.Data)
	ch.folder("evidence.dir", ch.Evidence.Dir)
	if _, err := os.Stat(ch.KeyFile()); ch.ok("data") && !errors.Is(err, fs.ErrNotExist) {
		if text, ok := ch.secretFile("desk.key_file", ch.KeyFile()); ok && len(text) < 32 {
			ch.wrong("desk.key_file", fmt.Sprintf("%s holds %d characters, needs 32 or more", ch.KeyFile(), len(text)), "let the program make one")
		}
	}
}

func (ch *checker) folder(path, dir string) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		ch.wrong(path, dir+" is not a folder", "name a folder of its own")
	}
}

// readable checks that a file that may be named can be read.
func (ch *checker) readable(path, file, fix string) {
	if file == "" {
		return
	}
	if _, err := os.ReadFile(file); err != nil {
		ch.wrong(path, fmt.Sprintf("cannot read %s: %v", file, errors.Unwrap(err)), fix)
	}
}

// secretFile reads a file that only we may read.
func (ch *checker) secretFile(path, file string) (text string, ok bool) {
	info, err := os.Stat(file)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		ch.wrong(path, fmt.Sprintf("%s has mode %04o: others may read it", file, info.Mode().Perm()), "chmod 0600 "+file)
		return "", false
	}
	b, err := os.ReadFile(file)
	if err != nil {
		ch.wrong(path, fmt.Sprintf("cannot read %s: %v", file, errors.Unwrap(err)), "create it, mode 0600, owned by the user who runs dutydesk")
		return "", false
	}
	if text = strings.TrimSpace(string(b)); text == "" || !utf8.ValidString(text) {
		ch.wrong(path, file+" holds no password", "write it into the file, on one line")
		return "", false
	}
	return text, true
}

// password checks where a password comes from; name is its credential.
func (ch *checker) password(at string, own *login, name, file string, needed bool) {
	ch.source(at, "password", own, name, file, needed)
}

// source checks where a secret comes from; key and "_file" is the key of its file.
func (ch *checker) source(at, key string, own *login, name, file string, needed bool) {
	switch path := at + "." + key + "_file"; {
	case own.credential(name) != "" || own.given.Reveal() != "":
		// the file is not looked at
	case file != "":
		ch.secretFile(path, file)
	case needed:
		ch.wrong(path, "no "+key+" is given", fmt.Sprintf("set %s_file, or give the credential %q to the systemd unit", key, name))
	}
}

// authorities checks that file holds certificates; in production, of
// authorities only, so that no server vouches for itself.
func (ch *checker) authorities(path, file string) {
	if file == "" {
		return
	}
	rest, err := os.ReadFile(file)
	if err != nil {
		ch.wrong(path, fmt.Sprintf("cannot read %s: %v", file, errors.Unwrap(err)), "name a file of PEM certificates")
		return
	}
	found := 0
	for block, rest := pem.Decode(rest); block != nil; block, rest = pem.Decode(rest) {
		cert, err := x509.ParseCertificate(block.Bytes)
		if err == nil && ch.production() && !cert.IsCA {
			ch.wrong(path, file+" holds a server's own certificate, which is refused in production", "name the certificate of the authority that signed it")
		}
		if err == nil {
			found++
		}
	}
	if found == 0 {
		ch.wrong(path, file+" holds no certificate", "name a file of PEM certificates")
	}
}
