// Command child is what realtest's own tests start: it writes files durably,
// one after the other, and ends or waits for SIGTERM.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
)

func main() {
	if os.Args[1] == "wait" {
		c := make(chan os.Signal, 1)
		signal.Notify(c, syscall.SIGTERM)
		fmt.Println("waiting", os.Getenv("GREETING"))
		<-c
		fmt.Fprintln(os.Stderr, "told to end")
		os.Exit(7)
	}
	n, err := strconv.Atoi(os.Args[2])
	for i := 0; i < n && err == nil; i++ {
		err = write(filepath.Join(os.Args[1], strconv.Itoa(i)))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(75)
	}
}

func write(path string) error {
	f, err := os.Create(path + ".tmp")
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}
