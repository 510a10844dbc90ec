// A small shell for the MongoDB protocol that understands the everyday part of mongosh: JavaScript with `db`, a file, an
// expression, or lines typed at a prompt. It stands in where the genuine mongosh, which brings Node.js along, is not at hand.
package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

const usage = "usage: mongosh [--quiet] [--norc] [--shell] [--eval CODE] [mongodb://... | DATABASE] [FILE.js ...]"

type arguments struct {
	uri, code       string
	files           []string
	evaluate, shell bool
}

func parse(given []string) arguments {
	parsed := arguments{uri: "mongodb://127.0.0.1:27017/test?directConnection=true"}
	for i := 0; i < len(given); i++ {
		switch argument := given[i]; {
		case argument == "--quiet" || argument == "--norc":
		case argument == "--shell":
			parsed.shell = true
		case argument == "--version":
			fmt.Println("greenfield's stand-in for mongosh")
			os.Exit(0)
		case argument == "--eval" && i+1 < len(given):
			i++
			parsed.code, parsed.evaluate = given[i], true
		case strings.HasPrefix(argument, "-"):
			fail(64, fmt.Errorf("cannot understand %q; %s", argument, usage))
		case strings.HasSuffix(argument, ".js"):
			parsed.files = append(parsed.files, argument)
		case strings.Contains(argument, "://"):
			parsed.uri = argument
		default:
			parsed.uri = "mongodb://127.0.0.1:27017/" + argument + "?directConnection=true"
		}
	}
	return parsed
}

func fail(code int, err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(code)
}

func main() {
	given := parse(os.Args[1:])
	s, err := newShell(given.uri)
	if err != nil {
		fail(1, fmt.Errorf("cannot connect: %w", err))
	}
	for _, file := range given.files {
		code, reading := os.ReadFile(file)
		if reading != nil {
			fail(1, reading)
		}
		if _, err = s.engine.RunScript(file, string(code)); err != nil {
			break
		}
	}
	if err == nil && given.evaluate {
		err = s.evaluate(given.code)
	}
	switch {
	case err != nil:
	case (given.evaluate || len(given.files) > 0) && !given.shell:
	case term.IsTerminal(int(os.Stdin.Fd())):
		err = s.typed()
	case !s.piped():
		os.Exit(1)
	}
	if err != nil {
		fail(1, fmt.Errorf("%s", describe(err)))
	}
}
