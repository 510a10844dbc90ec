package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/dop251/goja"
	"golang.org/x/term"
)

// unfinished: the code ends in the middle of something, as a line typed at the prompt may.
func unfinished(code string) bool {
	_, err := goja.Compile("", code, false)
	return err != nil && strings.Contains(err.Error(), "Unexpected end of input")
}

// converse evaluates what `read` gives until its end; errors are told and survived. Returns whether all went well. An empty
// line ends what is unfinished.
func (s *shell) converse(read func(prompt string) (string, error)) bool {
	code, well := "", true
	for {
		prompt := s.engine.Get("db").String() + "> "
		if code != "" {
			prompt = "... "
		}
		line, end := read(prompt)
		if line != "" || code != "" {
			code += line + "\n"
		}
		if code != "" && (end != nil || line == "" || !unfinished(code)) {
			if err := s.evaluate(code); err != nil {
				fmt.Fprintln(s.out, describe(err))
				well = false
			}
			code = ""
		}
		if end != nil {
			return well
		}
	}
}

// typed converses at the terminal.
func (s *shell) typed() error {
	before, err := term.MakeRaw(int(os.Stdin.Fd()))
	if err != nil {
		return err
	}
	restore := func() { _ = term.Restore(int(os.Stdin.Fd()), before) }
	defer restore()
	terminal := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{os.Stdin, os.Stdout}, "")
	terminal.History = openHistory()
	s.out = terminal
	s.quit = func(code int) {
		restore()
		os.Exit(code)
	}
	s.converse(func(prompt string) (string, error) {
		terminal.SetPrompt(prompt)
		return terminal.ReadLine()
	})
	return nil
}

// piped converses with what comes on standard input.
func (s *shell) piped() bool {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 16<<20)
	return s.converse(func(string) (string, error) {
		if lines.Scan() {
			return lines.Text(), nil
		}
		return "", io.EOF
	})
}
