package demo

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestClockRunsFast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(noon, 60)
		time.Sleep(time.Minute)
		if got := c.Now(); !got.Equal(noon.Add(time.Hour)) {
			t.Errorf("after a minute it shows %v", got)
		}
		if got := c.Wait(noon.Add(2 * time.Hour)); got != time.Minute {
			t.Errorf("an hour is a wait of %v", got)
		}
		if got := c.Wait(noon); got > 0 {
			t.Errorf("the past is a wait of %v", got)
		}
	})
}

func TestClockStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(noon, 60)
		c.Stop()
		time.Sleep(time.Hour)
		if got := c.Now(); !got.Equal(noon) {
			t.Errorf("a stopped clock shows %v", got)
		}
		if got := c.Wait(noon.Add(time.Second)); got != longest {
			t.Errorf("a stopped clock is a wait of %v", got)
		}
		c.Go()
		time.Sleep(time.Second)
		if got := c.Now(); !got.Equal(noon.Add(time.Minute)) {
			t.Errorf("a second later it shows %v", got)
		}
	})
}

func TestClockNeverGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewClock(noon, 1)
		c.Forward(noon.Add(time.Hour))
		c.Forward(noon)
		if got := c.Now(); !got.Equal(noon.Add(time.Hour)) {
			t.Errorf("it shows %v", got)
		}
	})
}
