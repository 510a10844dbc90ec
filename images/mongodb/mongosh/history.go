package main

import (
	"os"
	"path/filepath"
	"strings"
)

const kept = 1000

// history is what was typed, the newest last, in the file where the genuine mongosh keeps it.
type history struct {
	path  string
	lines []string
}

func openHistory() *history {
	h := &history{path: filepath.Join(os.Getenv("HOME"), ".mongodb", "mongosh", "mongosh_repl_history")}
	if text, err := os.ReadFile(h.path); err == nil && len(text) > 0 {
		h.lines = strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
	return h
}

// Add keeps a line; where nothing can be written it is kept until the end only.
func (h *history) Add(line string) {
	if line == "" || len(h.lines) > 0 && h.lines[len(h.lines)-1] == line {
		return
	}
	h.lines = append(h.lines, line)
	h.lines = h.lines[max(0, len(h.lines)-kept):]
	if os.MkdirAll(filepath.Dir(h.path), 0o700) == nil {
		_ = os.WriteFile(h.path, []byte(strings.Join(h.lines, "\n")+"\n"), 0o600)
	}
}

func (h *history) Len() int { return len(h.lines) }

// At counts from the newest.
func (h *history) At(index int) string { return h.lines[len(h.lines)-1-index] }
