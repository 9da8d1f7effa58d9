package message

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

// veil is how far a piece of markup keeps words from whoever reads the mail in
// a mail program.
type veil int

// A style with anything in it that is not known to be harmless is trusted for
// nothing: it may lay other words over these.
const (
	plainSight veil = iota
	faint           // its own words may be hard to see: colours, small letters
	hiding          // its own words are not shown
	shifting        // what a reader sees, and where, cannot be told
)

// tagVeils are elements whose words are not shown, or not where they stand.
var tagVeils = map[atom.Atom]veil{
	atom.Template: hiding, atom.Noscript: hiding, atom.Datalist: hiding, atom.Details: hiding, atom.Iframe: hiding, atom.Object: hiding,
	atom.Svg: hiding, atom.Math: hiding, atom.Audio: hiding, atom.Video: hiding, atom.Canvas: hiding, atom.Noembed: hiding, atom.Noframes: hiding,
	atom.Select: hiding, atom.Applet: hiding,
	atom.Dialog: shifting, atom.Marquee: shifting, atom.Link: shifting, atom.Frameset: shifting, atom.Base: faint,
}

// concealing are declarations by which words are not shown.
var concealing = regexp.MustCompile(`^(?:display:none|visibility:(?:hidden|collapse)|content-visibility:hidden|mso-hide:.*|opacity:0?(?:\.0\d*)?|` +
	`font-size:0+(?:\.0*)?[a-z%]*|font-size:[01](?:\.\d+)?(?:px|pt)|(?:max-)?(?:height|width):0(?:[a-z%]*|px)|color:transparent)(?:!important)?$`)

// harmless are properties that change how words look and not whether they are
// seen, as long as no number in them is negative.
var harmless = regexp.MustCompile(`^(?:font|font-(?:family|style|weight|variant.*|size-adjust|feature-settings|kerning|stretch|optical-sizing|synthesis.*)|` +
	`text-(?:align|decoration.*|transform|size-adjust|rendering|justify|underline-.*)|white-space.*|word-(?:break|wrap|spacing)|line-break|overflow-wrap|letter-spacing|hyphens|` +
	`line-height|margin(?:-(?:top|right|bottom|left))?|padding(?:-(?:top|right|bottom|left))?|border.*|vertical-align|direction|unicode-bidi|caret-color|caption-side|table-layout|` +
	`list-style.*|text-indent|orphans|widows|page.*|size|tab-size|cursor|color-scheme|supported-color-schemes|outline.*|user-select|min-width|min-height|quotes|` +
	`-webkit-(?:text-(?:size-adjust|stroke-width|decoration.*)|nbsp-mode|line-break|font-smoothing)|-ms-text-size-adjust|-moz-.*|mso-.*)$`)

// boxes are values of display that leave words in their order.
var boxes = regexp.MustCompile(`^(?:block|inline|inline-block|table|table-row|table-cell|list-item|inherit|initial)$`)

// cssNoise is what may stand between the letters of a style and mean nothing.
var cssNoise = regexp.MustCompile(`/\*[\s\S]*?\*/|\s+`)

// styleVeil judges the declarations of a style.
func styleVeil(css string) (worst veil) {
	if strings.ContainsRune(css, '\\') {
		return shifting // letters written as numbers
	}
	css = strings.ToLower(cssNoise.ReplaceAllString(css, " "))
	for _, d := range strings.Split(css, ";") {
		name, value, _ := strings.Cut(d, ":")
		worst = max(worst, declarationVeil(strings.TrimSpace(name), strings.TrimSpace(value)))
	}
	return worst
}

// declarationVeil judges one declaration.
func declarationVeil(name, value string) veil {
	tight := strings.ReplaceAll(value, " ", "")
	switch {
	case name == "":
		return plainSight
	case concealing.MatchString(name + ":" + tight):
		return hiding
	case name == "display" && boxes.MatchString(tight), name == "overflow", name == "opacity" && tight == "1", name == "visibility" && tight == "visible":
		return plainSight
	case name == "color":
		return colourVeil(tight, isDark)
	case name == "background", name == "background-color":
		return colourVeil(tight, isPaper)
	case name == "font-size", name == "font":
		return lengthsVeil(value, 6, 300)
	case name == "line-height" && !strings.ContainsAny(tight, "abcdefghijklmnopqrstuvwxyz%"):
		return lengthsVeil(tight+"em", 10, 300)
	case name == "line-height":
		return lengthsVeil(value, 10, 300)
	case name == "width", name == "max-width", name == "height", name == "max-height":
		return lengthsVeil(value, 10, 1e6)
	case name == "opacity":
		return faint
	case !harmless.MatchString(name) || strings.Contains(" "+value, " -") || strings.Contains(tight, "(-"):
		return shifting
	case name == "font-weight" || strings.HasPrefix(name, "mso-"):
		return plainSight
	}
	return lengthsVeil(value, 0, 300)
}

// colourVeil judges a colour; fine says whether words can be read in it.
func colourVeil(value string, fine func(string) bool) veil {
	if fine(strings.TrimSuffix(value, "!important")) {
		return plainSight
	}
	return faint
}

// lengthsVeil judges lengths: each must be from least to most pixels, or words
// are too small to be seen or pushed away. Weights of fonts are no lengths.
func lengthsVeil(value string, least, most float64) veil {
	for _, word := range strings.FieldsFunc(strings.TrimSuffix(value, "!important"), func(r rune) bool { return r == ' ' || r == '/' || r == ',' }) {
		m := sizes.FindStringSubmatch(word)
		if m == nil || m[2] == "" && m[1] != "0" {
			continue // auto, medium, inherit, 700 …
		}
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return shifting
		}
		switch m[2] {
		case "em", "rem", "ex", "ch", "in", "cm", "vw", "vh":
			n *= 16
		case "%":
			n *= 0.16
		}
		if n > most {
			return shifting
		}
		if n < least {
			return faint
		}
	}
	return plainSight
}

var sizes = regexp.MustCompile(`^(-?[\d.]+)([a-z%]*)$`)

// isDark reports a colour that can be read on white.
func isDark(colour string) bool {
	switch colour {
	case "black", "windowtext", "inherit", "initial", "currentcolor", "blue", "navy", "red", "green", "gray", "grey", "purple", "teal", "maroon", "darkblue", "darkred", "darkgreen", "dimgray", "dimgrey", "brown", "canvastext", "text":
		return true
	}
	rgb, ok := colourOf(colour)
	return ok && rgb[0]+rgb[1]+rgb[2] < 480
}

// isPaper reports a ground that dark words can be read on.
func isPaper(colour string) bool {
	switch colour {
	case "white", "transparent", "none", "inherit", "initial", "unset", "window", "canvas", "whitesmoke", "":
		return true
	}
	rgb, ok := colourOf(colour)
	return ok && rgb[0]+rgb[1]+rgb[2] > 690
}

// colourOf reads #rgb, #rrggbb and rgb(r,g,b), nothing that is part transparent.
func colourOf(s string) (rgb [3]int, ok bool) {
	if body, is := strings.CutPrefix(s, "rgb("); is {
		parts := strings.Split(strings.TrimSuffix(body, ")"), ",")
		for i := range rgb {
			n, err := strconv.Atoi(append(parts, "", "", "")[i])
			if err != nil || n < 0 || n > 255 || len(parts) != 3 {
				return rgb, false
			}
			rgb[i] = n
		}
		return rgb, true
	}
	hex, is := strings.CutPrefix(s, "#")
	if !is || len(hex) != 3 && len(hex) != 6 {
		return rgb, false
	}
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	n, err := strconv.ParseUint(hex, 16, 32)
	return [3]int{int(n >> 16), int(n >> 8 & 255), int(n & 255)}, err == nil
}
