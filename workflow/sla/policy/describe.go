package policy

const preface = `# The policy of the desk: by when people must act, and who hears if they do not.
# An unknown key is an error. Check a change with "policy check FILE", and see with "sla simulate" what it does.
#
# Allowances: "15m", "2h" (real time, day and night), "4wh" (working hours), "1wd" (the next working day, by the rule
# that it ends at the same time of day), "0wh" (the next opening). A severity that is left out has no limit.
#
# open            opening hours, each weekday once: "Monday-Thursday 08:30-17:00"
# closure_days    days on which the service is closed, besides the bank holidays of England and Wales
# [[stage]]       name and s1 to s4; all of them start when the concern is received
#   runs          "always", "out-of-hours" (only for what came then), "if-raised" (such as a referral)
#   missed        "breach" (for ever, even if it is met later) or "target" (people are nudged, and that is all)
#   again         "once" or "each-time" (it starts again when it is done)
#   done_by       "person" or "desk": the desk does it when it is due, or with another stage, and tells those in tell
# [[rung]]        at: percent of the allowance; severities; stages (none: all that a person can miss, where no other rung
#                 names the stage at that point); tell: the roles
#   roles         assignee (lead and deputy until somebody has taken it), on-call, lead, deputy, service-lead, la-lead,
#                 senior-officer, executive, manager
# [repeat]        after the last rung it is told again, so often, until a person acts
# [stale]         an acknowledgement that leads to nothing for so long comes back
# [pause]         how long all pauses together may last, for one of pause_reasons; none for S1 and S2

`

// Describe is the policy as a file that explains itself.
func (p Policy) Describe() string { return preface + p.String() }
