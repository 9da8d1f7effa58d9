package notify

import "time"

// Hour says the time of day of t in its own zone as letters do: 5pm, 5:30pm,
// midday; an hour that the clocks run through twice is told apart by the zone.
func Hour(t time.Time) string { return hour(t) }
