// Answers with a text of its own.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
)

const text = "v1"

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8000"
	}
	http.HandleFunc("/", func(answer http.ResponseWriter, _ *http.Request) { io.WriteString(answer, text) })
	log.Fatal(http.ListenAndServe(":"+port, nil))
}
