package message

import "unicode/utf8"

// Defect is something wrong with a mail that a person may want to know. It
// never stops the reading.
type Defect struct {
	Code   string `json:"code"`   // one of the constants below; stable
	Detail string `json:"detail"` // may quote the mail: personal data, never logged
	Offset int64  `json:"offset"` // bytes from the start of the mail, or of the decoded part it is in
}

// The codes of Defects.
const (
	// Limits and trouble while reading.
	DefectRead      = "read-error"       // the source gave fewer bytes than promised
	DefectTime      = "time-limit"       // the time was over; the rest was not looked at
	DefectPanic     = "reader-stopped"   // a decoder gave up in an unforeseen way
	DefectDepth     = "depth-limit"      // parts nested too deep are listed unopened
	DefectParts     = "parts-limit"      // the rest of the mail is listed as one piece
	DefectHeader    = "header-limit"     // a header block was cut
	DefectAddresses = "addresses-limit"  // further addresses were not read
	DefectIDs       = "ids-limit"        // further message ids were not read
	DefectText      = "text-cut"         // the text was cut
	DefectUnpack    = "unpack-limit"     // a container is listed unopened
	DefectHash      = "not-hashed"       // a container was not hashed again
	DefectHidden    = "hidden-text"      // the markup hides words from whoever reads the mail; they are shown with a mark
	DefectName      = "name-cut"         // a file name was cut
	DefectMore      = "too-many-defects" // further defects were not written down

	// The header block.
	DefectMbox        = "mbox-from"          // a "From " line of an mbox file
	DefectNoColon     = "line-without-colon" // a header line that is none was left out
	DefectNoBlank     = "no-blank-line"      // the text began without a blank line
	DefectLeadingFold = "leading-fold"       // the first line was a continuation
	DefectSpaceColon  = "space-before-colon" // "From : a@b": programs disagree whether it counts
	DefectFieldName   = "field-name-8bit"    // a field name with bytes that may not be there
	DefectField8bit   = "field-8bit"         // a value with bytes that are not ASCII
	DefectNUL         = "nul"                // a NUL byte in a header
	DefectCRCRLF      = "cr-cr-lf"           // doubled carriage returns
	DefectMixedBlank  = "blank-line-mixed"   // the header ended with a line end unlike the others
	DefectBareCR      = "bare-cr"            // lines end with a lone carriage return
	DefectDuplicate   = "duplicate-field"    // a field that may be there once is there again
	DefectDate        = "date-unreadable"
	DefectCharset     = "charset-unknown" // the bytes do not fit their character set or it is unknown

	// Who and which thread.
	DefectNoFrom      = "from-missing"
	DefectManyFrom    = "from-many"            // more than one author
	DefectAddress     = "address-unreadable"   // a mailbox without a usable address
	DefectConfusable  = "address-ambiguous"    // comment, route, group or quoting: programs disagree whom it names
	DefectNameIsAddr  = "name-shows-address"   // the display name shows another address
	DefectNonASCII    = "address-not-ascii"    // may look like another address
	DefectReplyTo     = "reply-to-elsewhere"   // Reply-To names another domain than From
	DefectNoID        = "message-id-missing"   // none, or none that can be used
	DefectID          = "message-id-invalid"   // not of the form <left@right>
	DefectIDLong      = "message-id-long"      // over 998 bytes; not used
	DefectThread      = "thread-ambiguous"     // In-Reply-To and References do not agree
	DefectManyTokens  = "recipients-tagged"    // sent to several tagged forms (a+x@, a+y@) of one address
	DefectTrustHeader = "authentication-claim" // the mail brings Authentication-Results; they prove nothing by themselves

	// Parts.
	DefectBoundary    = "boundary-guessed"    // declared wrongly or not at all; the one found was used
	DefectNoParts     = "multipart-empty"     // said to have parts; read as text
	DefectNotClosed   = "boundary-not-closed" // the end of the parts is missing
	DefectReopened    = "part-after-close"    // a part behind the closing boundary
	DefectSameBound   = "boundary-reused"     // an inner multipart has the boundary of an outer one
	DefectPreamble    = "data-before-parts"   // listed as an attachment
	DefectEpilogue    = "data-after-parts"    // listed as an attachment
	DefectType        = "type-unreadable"     // a Content-Type that is none; shown as text and listed
	DefectEncoding    = "encoding-unknown"    // kept as it is
	DefectDamaged     = "encoding-damaged"    // what could be decoded was decoded
	DefectPartial     = "message-partial"     // a fragment of a larger mail (RFC 2046 section 5.2.2)
	DefectExternal    = "message-external"    // content elsewhere; never fetched
	DefectTNEF        = "tnef-damaged"        // winmail.dat could be read in part
	DefectMsg         = "msg-unopened"        // an Outlook .msg, listed and not opened, or in part
	DefectUuencode    = "uuencode-damaged"    // a block without its end or with bad lines
	DefectNameTrick   = "name-misleading"     // control, direction or zero-width characters, a path, a NUL
	DefectNameTwice   = "name-ambiguous"      // the part has two different names
	DefectLoneDot     = "lone-dot-line"       // a line with one dot between bare line feeds: smuggling
	DefectDeliveryLog = "delivery-status-odd" // a delivery report without a readable recipient
)

// defects collects Defects up to a limit.
type defects struct {
	list []Defect
	max  int
}

// add notes a Defect; past the limit it notes once that there were more.
func (d *defects) add(code, detail string, at int64) {
	switch {
	case len(d.list) < d.max:
		d.list = append(d.list, Defect{code, cut(detail, 200), at})
	case len(d.list) == d.max:
		d.list = append(d.list, Defect{DefectMore, "", at})
	}
}

// once notes a Defect unless one of that code is there already.
func (d *defects) once(code, detail string, at int64) {
	for i := range d.list {
		if d.list[i].Code == code {
			return
		}
	}
	d.add(code, detail, at)
}

// cut returns at most n bytes of s, valid UTF-8 and no character in half.
func cut(s string, n int) string {
	s = valid(s)
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
